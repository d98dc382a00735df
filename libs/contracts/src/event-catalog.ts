import type { EventDefinition } from '#libs/messaging';
import { emailChangeConfirmed } from './users/email-change-confirmed.event.js';
import { emailChangeRequested } from './users/email-change-requested.event.js';
import { emailVerificationRequested } from './users/email-verification-requested.event.js';
import { mailBounced } from './mails/mail-bounced.event.js';
import { mailComplained } from './mails/mail-complained.event.js';
import { passwordResetRequested } from './users/password-reset-requested.event.js';
import { recommendationOpened } from './recommendations/recommendation-opened.event.js';
import { tipsDue } from './users/tips-due.event.js';
import { userEmailChanged } from './users/user-email-changed.event.js';
import { userEmailVerified } from './users/user-email-verified.event.js';
import { userInterestsChanged } from './users/user-interests-changed.event.js';
import { userProfileChanged } from './users/user-profile-changed.event.js';
import { userRegistered } from './users/user-registered.event.js';
import { userSignUpRepeated } from './users/user-sign-up-repeated.event.js';
import { verifyReminderDue } from './users/verify-reminder-due.event.js';

/** Every event that Usher publishes. */
export const eventCatalog: readonly EventDefinition[] = [
  userRegistered,
  userSignUpRepeated,
  emailVerificationRequested,
  passwordResetRequested,
  userEmailVerified,
  userEmailChanged,
  emailChangeRequested,
  emailChangeConfirmed,
  userProfileChanged,
  userInterestsChanged,
  recommendationOpened,
  verifyReminderDue,
  tipsDue,
  mailBounced,
  mailComplained,
];
