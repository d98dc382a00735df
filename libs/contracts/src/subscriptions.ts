import { defineSubscription, type Subscription } from '#libs/messaging';
import { emailVerificationRequested } from './users/email-verification-requested.event.js';
import { passwordResetRequested } from './users/password-reset-requested.event.js';
import { recommendationOpened } from './recommendations/recommendation-opened.event.js';
import { userInterestsChanged } from './users/user-interests-changed.event.js';
import { userRegistered } from './users/user-registered.event.js';
import { userSignUpRepeated } from './users/user-sign-up-repeated.event.js';

export const sendWelcomeEmail = defineSubscription(userRegistered, {
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

export const recomputeRecommendations = defineSubscription(userInterestsChanged, {
  consumer: 'recommendation-worker.recompute-recommendations',
});

export const countInteraction = defineSubscription(recommendationOpened, {
  consumer: 'recommendation-worker.count-interaction',
});

/** Who gets what: the one list that topology, relay, timeline, start checks and command line read. */
export const subscriptions: readonly Subscription[] = [
  sendWelcomeEmail,
  computeRecommendations,
  deliverGettingStartedGuide,
  sendAlreadyRegisteredEmail,
  sendVerificationEmail,
  sendPasswordResetEmail,
  recomputeRecommendations,
  countInteraction,
];

/** The steps of the onboarding timeline that an event of this type leads to. */
export const stepsOf = (type: string): string[] =>
  subscriptions.filter(({ event }) => event.type === type).flatMap(({ step }) => step ?? []);
