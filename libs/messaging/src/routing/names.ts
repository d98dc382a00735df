import { formatDuration } from '#libs/service-defaults';

/** The wait queue of one delay step; its name carries the step's canonical duration (`1m`, not `60s`). */
export const retryQueue = (queue: string, delayMs: number): string =>
  `${queue}.retry.${formatDuration(delayMs)}`;

/** Where what a queue's consumer gives up is kept. */
export const deadLetterQueue = (queue: string): string => `${queue}.dlq`;
