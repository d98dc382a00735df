import type { EventDefinition } from './define-event.js';

/**
 * What a handler changes. `transaction`: rows in PostgreSQL, committed together with the ledger row.
 * `external`: the world outside (SMTP), guarded by a committed lease.
 */
export type Effect = 'transaction' | 'external';

/**
 * How often a failure is tried again. `standard`: after each of the rising pauses, with a wait queue for each.
 * `short`: as often, always after the second pause, with one wait queue; for an effect that is in the database
 * alone, where a failure is either over at once or a defect.
 */
export type Retries = 'standard' | 'short';

/** A consumer's interest in one event, or in several that one handler takes. */
export interface Subscription<D extends EventDefinition = EventDefinition> {
  readonly events: readonly D[];
  /** `<app>.<what the handler does>`; also the name of its queue, and of itself in the ledger. */
  readonly consumer: string;
  /** The app that the handler lives in. */
  readonly app: string;
  /** The step that this consumer completes of a timeline that people watch, if any. */
  readonly step?: string;
  /** Whether those who watch the subject are sent a hint when the ledger changes; yes for a step. */
  readonly hint: boolean;
  readonly effect: Effect;
  readonly retries: Retries;
}

const CONSUMER = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;

/**
 * Subscribes a consumer to an event, or to several.
 * @throws Error when the consumer is not named `<app>.<what the handler does>`, or an event is repeated or missing
 */
export function defineSubscription<D extends EventDefinition>(
  on: D | readonly D[],
  options: {
    consumer: string;
    step?: string;
    hint?: boolean;
    effect?: Effect;
    retries?: Retries;
  },
): Subscription<D> {
  const { consumer, step, effect = 'transaction', retries = 'standard' } = options;
  const events = Array.isArray(on) ? (on as readonly D[]) : [on as D];
  const hint = options.hint === true || step !== undefined;
  if (!CONSUMER.test(consumer))
    throw new Error(`'${consumer}' is not <app>.<what the handler does>`);
  if (events.length === 0 || new Set(events).size < events.length)
    throw new Error(`'${consumer}' subscribes to no event, or to one twice`);
  const app = consumer.slice(0, consumer.indexOf('.'));
  return { events, consumer, app, step, hint, effect, retries };
}
