import { defineSubscription, type Subscription } from './define-subscription.js';
import { recommendationOpened } from './recommendations/recommendation-opened.event.js';
import { userInterestsChanged } from './users/user-interests-changed.event.js';
import { userRegistered } from './users/user-registered.event.js';

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
  recomputeRecommendations,
  countInteraction,
];

/** The consumers that are to handle an event of this type. */
export const consumersOf = (type: string): string[] =>
  subscriptions.filter(({ event }) => event.type === type).map(({ consumer }) => consumer);
