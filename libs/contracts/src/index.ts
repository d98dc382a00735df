export { eventCatalog } from './event-catalog.js';
export {
  computeRecommendations,
  countInteraction,
  deliverGettingStartedGuide,
  recomputeRecommendations,
  sendAlreadyRegisteredEmail,
  sendPasswordResetEmail,
  sendVerificationEmail,
  sendWelcomeEmail,
  stepsOf,
  subscriptions,
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
export { emailVerificationRequested } from './users/email-verification-requested.event.js';
export { passwordResetRequested } from './users/password-reset-requested.event.js';
export {
  MAX_RECOMMENDATIONS,
  previewRecommendations,
} from './recommendations/preview-recommendations.request.js';
export { requests } from './requests.js';
export { aboutUsher, CATALOGUE, usherMessaging } from './usher.js';
export { defineUserEvent } from './users/define-user-event.js';
export { itemId } from './recommendations/item-id.js';
export { recommendationOpened } from './recommendations/recommendation-opened.event.js';
export { userInterestsChanged } from './users/user-interests-changed.event.js';
export { userRegistered } from './users/user-registered.event.js';
export { userSignUpRepeated } from './users/user-sign-up-repeated.event.js';
