import { Messaging1764000000001 } from './0001-messaging.js';
import { Accounts1764000000002 } from './0002-accounts.js';
import { Email1764000000003 } from './0003-email.js';
import { Recommendation1764000000004 } from './0004-recommendation.js';
import { Notification1764000000005 } from './0005-notification.js';
import { DeferredRequests1764000000006 } from './0006-deferred-requests.js';
import { RateLimits1764000000007 } from './0007-rate-limits.js';
import { CatalogueChanges1764000000008 } from './0008-catalogue-changes.js';
import { RecommendationLearning1764000000009 } from './0009-recommendation-learning.js';
import { DeferredTrace1764000000010 } from './0010-deferred-trace.js';
import { DeliveryReason1764000000011 } from './0011-delivery-reason.js';
import { StepsOfAPerson1764000000012 } from './0012-steps-of-a-person.js';
import {
  DeliveriesSubjectColumn1764000000013,
  DeliveriesSubjectFill1764000000013,
  DeliveriesSubjectSwap1764000000013,
  OutboxSubjectColumn1764000000013,
  OutboxSubjectFill1764000000013,
  OutboxSubjectSwap1764000000013,
} from './0013-subject-text.js';
import { Scheduling1764000000014 } from './0014-scheduling.js';
import { Journeys1764000000015, JourneysFill1764000000015 } from './0015-journeys.js';
import { Lines1764000000016 } from './0016-lines.js';
import { MailFeedback1764000000017 } from './0017-mail-feedback.js';
import { EmailChanges1764000000018 } from './0018-email-changes.js';
import { MailRate1764000000019 } from './0019-mail-rate.js';
import { MailBudgets1764000000020 } from './0020-mail-budgets.js';
import { Campaigns1764000000021 } from './0021-campaigns.js';
import { CampaignSteps1764000000022 } from './0022-campaign-steps.js';
import { CampaignFunctions1764000000023 } from './0023-campaign-functions.js';

/** All schema changes in the order in which they run. A change is a new file here, never an edit of an old one. */
export const migrations = [
  Messaging1764000000001,
  Accounts1764000000002,
  Email1764000000003,
  Recommendation1764000000004,
  Notification1764000000005,
  DeferredRequests1764000000006,
  RateLimits1764000000007,
  CatalogueChanges1764000000008,
  RecommendationLearning1764000000009,
  DeferredTrace1764000000010,
  DeliveryReason1764000000011,
  StepsOfAPerson1764000000012,
  OutboxSubjectColumn1764000000013,
  OutboxSubjectFill1764000000013,
  OutboxSubjectSwap1764000000013,
  DeliveriesSubjectColumn1764000000013,
  DeliveriesSubjectFill1764000000013,
  DeliveriesSubjectSwap1764000000013,
  Scheduling1764000000014,
  Journeys1764000000015,
  JourneysFill1764000000015,
  Lines1764000000016,
  MailFeedback1764000000017,
  EmailChanges1764000000018,
  MailRate1764000000019,
  MailBudgets1764000000020,
  Campaigns1764000000021,
  CampaignSteps1764000000022,
  CampaignFunctions1764000000023,
];
