import { subscriptions } from '#libs/contracts';
import type { Subscription } from '#libs/messaging';
import { UsageError } from './usage-error.js';

/** The subscription of a handler's queue. @throws UsageError with the names that there are */
export function subscribed(queue: string): Subscription {
  const subscription = subscriptions.find(({ consumer }) => consumer === queue);
  if (subscription) return subscription;
  const known = subscriptions.map(({ consumer }) => `  ${consumer}`).join('\n');
  throw new UsageError(`'${queue}' is no handler's queue. There are:\n${known}`);
}

/** One handler's queue, or all of them. */
export const handlerQueues = (queue: string | undefined): string[] =>
  (queue ? [subscribed(queue)] : subscriptions).map(({ consumer }) => consumer);
