import type { RequestDefinition } from '../contract/define-request.js';
import type { Subscription } from '../contract/define-subscription.js';
import type { Messaging } from '../contract/messaging.js';
import { waitQueueDelays } from './retry-delays.js';
import { deadLetterQueue, retryQueue } from './names.js';
import { queueArguments } from './queue-arguments.js';

/** An exchange, durable. */
export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: 'topic' | 'direct' | 'fanout';
}

/** A queue, durable. */
export interface QueueDeclaration {
  readonly name: string;
  readonly arguments: Record<string, string | number>;
}

/** Which messages of an exchange a queue gets. */
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
export const hintExchanges = ({ names, hintTopics }: Messaging): Topology => ({
  exchanges: hintTopics.map((topic) => ({ name: names.hints(topic), type: 'fanout' })),
  queues: [],
  bindings: [],
});

/** Some of the definitions of a {@link Messaging}. */
export interface Part {
  readonly subscriptions?: readonly Subscription[];
  readonly requests?: readonly RequestDefinition[];
}

/**
 * Computes the topology of an application; a queue comes after what it dead-letters to.
 * @param part of which alone it has the queues and bindings
 */
export function planTopology(
  messaging: Messaging,
  retryDelaysMs: readonly number[],
  { subscriptions = [], requests = [] }: Part = messaging,
): Topology {
  const { names } = messaging;
  return {
    exchanges: [
      { name: names.events, type: 'topic' },
      { name: names.deadLetters, type: 'direct' },
      ...hintExchanges(messaging).exchanges,
    ],
    queues: [
      ...subscriptions.flatMap(({ consumer, retries }) => [
        { name: deadLetterQueue(consumer), arguments: queueArguments.deadLetter() },
        { name: consumer, arguments: queueArguments.handler(consumer, names.deadLetters) },
        ...waitQueueDelays(retries, retryDelaysMs).map((delay) => ({
          name: retryQueue(consumer, delay),
          arguments: queueArguments.retry(consumer, delay),
        })),
      ]),
      ...requests.map(({ queue }) => ({ name: queue, arguments: queueArguments.request() })),
    ],
    bindings: subscriptions.flatMap(({ consumer, events }) => [
      { exchange: names.deadLetters, queue: deadLetterQueue(consumer), key: consumer },
      ...events.map(({ type }) => ({ exchange: names.events, queue: consumer, key: type })),
    ]),
  };
}
