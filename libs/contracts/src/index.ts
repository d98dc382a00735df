export { eventCatalog } from './event-catalog.js';
export {
  computeRecommendations,
  countInteraction,
  deliverGettingStartedGuide,
  keepMailFeedback,
  keepRecipient,
  mailConsumers,
  recomputeRecommendations,
  sendAlreadyRegisteredEmail,
  sendEmailChangedEmail,
  sendEmailChangeEmail,
  sendPasswordResetEmail,
  sendTips,
  sendVerificationEmail,
  sendVerifyReminder,
  sendWelcomeEmail,
  subscriptions,
  subscriptionsWith,
} from './subscriptions.js';
export {
  country,
  displayName,
  givenInterests,
  interestTag,
  locale,
  MAX_INTERESTS,
  type Locale,
} from './users/profile.js';
export { mailBounced } from './mails/mail-bounced.event.js';
export { mailComplained } from './mails/mail-complained.event.js';
export { FEEDBACK_SOURCES, type FeedbackSource } from './mails/reported-mail.js';
export { FEATURES, features, type Feature } from './features.js';
export { timeZone } from './users/time-zone.js';
export { tipsDue } from './users/tips-due.event.js';
export { emailChangeConfirmed } from './users/email-change-confirmed.event.js';
export { emailChangeRequested } from './users/email-change-requested.event.js';
export { userEmailChanged } from './users/user-email-changed.event.js';
export { userEmailVerified } from './users/user-email-verified.event.js';
export { userProfileChanged } from './users/user-profile-changed.event.js';
export { verifyReminderDue } from './users/verify-reminder-due.event.js';
export { emailVerificationRequested } from './users/email-verification-requested.event.js';
export { passwordResetRequested } from './users/password-reset-requested.event.js';
export {
  MAX_RECOMMENDATIONS,
  previewRecommendations,
} from './recommendations/preview-recommendations.request.js';
export { requests } from './requests.js';
export { aboutUsher, CATALOGUE, usherDefinition, usherMessaging } from './usher.js';
export { defineUserEvent } from './users/define-user-event.js';
export { itemId } from './recommendations/item-id.js';
export { recommendationOpened } from './recommendations/recommendation-opened.event.js';
export { userInterestsChanged } from './users/user-interests-changed.event.js';
export { userRegistered } from './users/user-registered.event.js';
export { userSignUpRepeated } from './users/user-sign-up-repeated.event.js';
