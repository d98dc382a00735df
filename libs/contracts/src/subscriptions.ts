import { defineSubscription, type Subscription } from '#libs/messaging';
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
import { FEATURES, type Feature } from './features.js';

/** Once more when a person corrects an address that was not verified yet. */
export const sendWelcomeEmail = defineSubscription([userRegistered, userEmailChanged], {
  consumer: 'email-worker.send-welcome-email',
  step: 'welcome-email',
  effect: 'external',
});

export const computeRecommendations = defineSubscription(userRegistered, {
  consumer: 'recommendation-worker.compute-recommendations',
  step: 'recommendations',
});

export const deliverGettingStartedGuide = defineSubscription(userRegistered, {
  consumer: 'notification-worker.deliver-getting-started-guide',
  step: 'getting-started-guide',
});

export const sendAlreadyRegisteredEmail = defineSubscription(userSignUpRepeated, {
  consumer: 'email-worker.send-already-registered-email',
  effect: 'external',
});

export const sendVerificationEmail = defineSubscription(emailVerificationRequested, {
  consumer: 'email-worker.send-verification-email',
  effect: 'external',
});

export const sendPasswordResetEmail = defineSubscription(passwordResetRequested, {
  consumer: 'email-worker.send-password-reset-email',
  effect: 'external',
});

/** The link by which a new address is confirmed. */
export const sendEmailChangeEmail = defineSubscription(emailChangeRequested, {
  consumer: 'email-worker.send-email-change-email',
  effect: 'external',
});

/** The link by which the old address takes the account back. */
export const sendEmailChangedEmail = defineSubscription(emailChangeConfirmed, {
  consumer: 'email-worker.send-email-changed-email',
  effect: 'external',
});

export const recomputeRecommendations = defineSubscription(userInterestsChanged, {
  consumer: 'recommendation-worker.recompute-recommendations',
});

export const countInteraction = defineSubscription(recommendationOpened, {
  consumer: 'recommendation-worker.count-interaction',
});

/** What the e-mail worker knows of the people whom it writes to later, such as with a reminder. */
export const keepRecipient = defineSubscription(
  [userRegistered, userEmailVerified, userEmailChanged, userProfileChanged],
  { consumer: 'email-worker.keep-recipient', retries: 'short' },
);

export const sendVerifyReminder = defineSubscription(verifyReminderDue, {
  consumer: 'email-worker.send-verify-reminder',
  effect: 'external',
});

export const sendTips = defineSubscription(tipsDue, {
  consumer: 'email-worker.send-tips',
  effect: 'external',
});

/** Keeps what became of a mail, and which addresses get no more. People who watch their timeline get a hint. */
export const keepMailFeedback = defineSubscription([mailBounced, mailComplained], {
  consumer: 'email-worker.keep-mail-feedback',
  hint: true,
  retries: 'short',
});

/** Those of every installation. */
const always: readonly Subscription[] = [
  sendWelcomeEmail,
  computeRecommendations,
  deliverGettingStartedGuide,
  sendAlreadyRegisteredEmail,
  sendVerificationEmail,
  sendPasswordResetEmail,
  sendEmailChangeEmail,
  sendEmailChangedEmail,
  recomputeRecommendations,
  countInteraction,
  keepRecipient,
  sendVerifyReminder,
  sendTips,
  keepMailFeedback,
];

/** What a feature adds. A feature that is off has no subscription, and so no queue and no step. */
const ofFeature: Readonly<Record<Feature, readonly Subscription[]>> = {
  campaigns: [],
  points: [],
};

/** Who gets what, with these features: the one list that topology, relay, timeline and start checks read. */
export const subscriptionsWith = (features: readonly Feature[]): readonly Subscription[] => [
  ...always,
  ...features.flatMap((feature) => ofFeature[feature]),
];

/** The same with every feature, for what looks at all that there may be. */
export const subscriptions = subscriptionsWith(FEATURES);

/** The consumers that send mails. */
export const mailConsumers: readonly string[] = subscriptions
  .filter(({ app, effect }) => app === 'email-worker' && effect === 'external')
  .map(({ consumer }) => consumer);
