import type { EventDefinition } from './define-event.js';
import { recommendationOpened } from './recommendations/recommendation-opened.event.js';
import { userInterestsChanged } from './users/user-interests-changed.event.js';
import { userRegistered } from './users/user-registered.event.js';

/** Every event that Usher publishes. */
export const eventCatalog: readonly EventDefinition[] = [
  userRegistered,
  userInterestsChanged,
  recommendationOpened,
];
