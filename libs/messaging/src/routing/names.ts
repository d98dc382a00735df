import { formatDuration } from '#libs/service-defaults';

/** Topic exchange: every event, routed by its type. */
export const EVENTS_EXCHANGE = 'usher.events';

/** Direct exchange: dead letters, routed by the name of the queue they come from. */
export const DEAD_LETTER_EXCHANGE = 'usher.dlx';

/** Fanout exchange of hints: a person's onboarding has advanced. */
export const PROGRESS_EXCHANGE = 'usher.progress';

/** Fanout exchange of hints: the catalogue has changed. */
export const CATALOGUE_EXCHANGE = 'usher.catalogue';

/** The exchanges of hints: every process that listens has a queue of its own there. */
export const HINT_EXCHANGES = [PROGRESS_EXCHANGE, CATALOGUE_EXCHANGE] as const;
export type HintExchange = (typeof HINT_EXCHANGES)[number];

/** The wait queue of one delay step; its name carries the step's canonical duration (`1m`, not `60s`). */
export const retryQueue = (queue: string, delayMs: number): string =>
  `${queue}.retry.${formatDuration(delayMs)}`;

export const deadLetterQueue = (queue: string): string => `${queue}.dlq`;
