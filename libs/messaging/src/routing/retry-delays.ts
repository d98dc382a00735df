import type { Retries } from '../contract/define-subscription.js';

/**
 * The pauses in milliseconds before the second, third, … attempt of a consumer.
 * @param delaysMs the application's rising pauses
 */
export const retryDelays = (retries: Retries, delaysMs: readonly number[]): readonly number[] =>
  retries === 'standard' ? delaysMs : delaysMs.map(() => delaysMs[1] ?? delaysMs[0]!);

/** The same, each pause once: there is a wait queue for each. */
export const waitQueueDelays = (retries: Retries, delaysMs: readonly number[]): number[] => [
  ...new Set(retryDelays(retries, delaysMs)),
];
