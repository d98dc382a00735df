/**
 * The broker's own limit is only a backstop behind the crash guard: it writes none of our headers.
 * https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
const DELIVERY_LIMIT = 50;

/** Explicit, since 4.x has a default of 20 and -1 loses messages on 3.10. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/**
 * Replicated, durable, and dead-lettering with at-least-once guarantee, which requires reject-publish:
 * https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering
 */
const SAFE_DEAD_LETTERING = {
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
} as const;

/** Questions of all askers together that wait for one to answer. */
const MAX_OPEN_REQUESTS = 1_000;

/** The arguments of the kinds of queues; every declaration takes them from here. */
export const queueArguments = {
  handler: (queue: string, deadLetterExchange: string) => ({
    'x-queue-type': 'quorum',
    'x-delivery-limit': DELIVERY_LIMIT,
    'x-dead-letter-exchange': deadLetterExchange,
    'x-dead-letter-routing-key': queue,
    ...SAFE_DEAD_LETTERING,
  }),
  /** Messages wait here for their time and go back to `queue`, never to the other consumers. */
  retry: (queue: string, delayMs: number) => ({
    'x-queue-type': 'quorum',
    'x-message-ttl': delayMs,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
    'x-delivery-limit': NO_DELIVERY_LIMIT,
    ...SAFE_DEAD_LETTERING,
  }),
  /** Questions expire by themselves; should more than these wait, the oldest are given up. */
  request: () => ({ 'x-queue-type': 'classic', 'x-max-length': MAX_OPEN_REQUESTS }),
  deadLetter: () => ({ 'x-queue-type': 'quorum', 'x-delivery-limit': NO_DELIVERY_LIMIT }),
};
