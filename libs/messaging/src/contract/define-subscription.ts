import type { EventDefinition } from './define-event.js';

/**
 * What a handler changes. `transaction`: rows in PostgreSQL, committed together with the ledger row.
 * `external`: the world outside (SMTP), guarded by a committed lease.
 */
export type Effect = 'transaction' | 'external';

/** A consumer's interest in one event; the consumer's name is its queue's name. */
export interface Subscription<D extends EventDefinition = EventDefinition> {
  readonly event: D;
  /** `<app>.<what the handler does>` */
  readonly consumer: string;
  /** The app that the handler lives in. */
  readonly app: string;
  /** The step of the onboarding timeline that this consumer completes, if any. */
  readonly step?: string;
  readonly effect: Effect;
}

const CONSUMER = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;

/**
 * Subscribes a consumer to an event.
 * @throws Error when the consumer is not named `<app>.<what the handler does>`
 */
export function defineSubscription<D extends EventDefinition>(
  event: D,
  options: { consumer: string; step?: string; effect?: Effect },
): Subscription<D> {
  const { consumer, step, effect = 'transaction' } = options;
  if (!CONSUMER.test(consumer))
    throw new Error(`'${consumer}' is not <app>.<what the handler does>`);
  return { event, consumer, app: consumer.slice(0, consumer.indexOf('.')), step, effect };
}
