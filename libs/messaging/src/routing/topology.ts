import type { RequestDefinition } from '../contract/define-request.js';
import type { Subscription } from '../contract/define-subscription.js';
import {
  DEAD_LETTER_EXCHANGE,
  deadLetterQueue,
  EVENTS_EXCHANGE,
  HINT_EXCHANGES,
  retryQueue,
} from './names.js';
import { queueArguments } from './queue-arguments.js';

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: 'topic' | 'direct' | 'fanout';
}

export interface QueueDeclaration {
  readonly name: string;
  readonly arguments: Record<string, string | number>;
}

export interface Binding {
  readonly exchange: string;
  readonly queue: string;
  readonly key: string;
}

/** Everything that has to exist on the broker, each list in the order of declaration. */
export interface Topology {
  readonly exchanges: readonly ExchangeDeclaration[];
  readonly queues: readonly QueueDeclaration[];
  readonly bindings: readonly Binding[];
}

/** The exchanges of hints, which every process that sends or receives them needs. */
export const hintExchanges: readonly ExchangeDeclaration[] = HINT_EXCHANGES.map((name) => ({
  name,
  type: 'fanout',
}));

/** Computes the topology of these subscriptions and requests; a queue comes after what it dead-letters to. */
export function planTopology(
  subscriptions: readonly Subscription[],
  retryDelaysMs: readonly number[],
  requests: readonly RequestDefinition[] = [],
): Topology {
  return {
    exchanges: [
      { name: EVENTS_EXCHANGE, type: 'topic' },
      { name: DEAD_LETTER_EXCHANGE, type: 'direct' },
      ...hintExchanges,
    ],
    queues: [
      ...subscriptions.flatMap(({ consumer }) => [
        { name: deadLetterQueue(consumer), arguments: queueArguments.deadLetter() },
        { name: consumer, arguments: queueArguments.handler(consumer) },
        ...retryDelaysMs.map((delay) => ({
          name: retryQueue(consumer, delay),
          arguments: queueArguments.retry(consumer, delay),
        })),
      ]),
      ...requests.map(({ queue }) => ({ name: queue, arguments: queueArguments.request() })),
    ],
    bindings: subscriptions.flatMap(({ consumer, event }) => [
      { exchange: DEAD_LETTER_EXCHANGE, queue: deadLetterQueue(consumer), key: consumer },
      { exchange: EVENTS_EXCHANGE, queue: consumer, key: event.type },
    ]),
  };
}
