import type { EventDefinition } from './define-event.js';

/**
 * What a handler changes. `transaction`: rows in PostgreSQL, committed together with the ledger row.
 * `external`: the world outside (SMTP), guarded by a committed lease.
 */
export type Effect = 'transaction' | 'external';

/** A consumer's interest in one event. */
export interface Subscription<D extends EventDefinition = EventDefinition> {
  readonly event: D;
  /** `<app>.<what the handler does>`; also the name of its queue, and of itself in the ledger. */
  readonly consumer: string;
  /** The app that the handler lives in. */
  readonly app: string;
  /** The step that this consumer completes of a timeline that people watch, if any. */
  readonly step?: string;
  /** Whether those who watch the subject are sent a hint when the ledger changes; yes for a step. */
  readonly hint: boolean;
  readonly effect: Effect;
}

const CONSUMER = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;

/**
 * Subscribes a consumer to an event.
 * @throws Error when the consumer is not named `<app>.<what the handler does>`
 */
export function defineSubscription<D extends EventDefinition>(
  event: D,
  options: { consumer: string; step?: string; hint?: boolean; effect?: Effect },
): Subscription<D> {
  const { consumer, step, effect = 'transaction' } = options;
  const hint = options.hint === true || step !== undefined;
  if (!CONSUMER.test(consumer))
    throw new Error(`'${consumer}' is not <app>.<what the handler does>`);
  return { event, consumer, app: consumer.slice(0, consumer.indexOf('.')), step, hint, effect };
}
