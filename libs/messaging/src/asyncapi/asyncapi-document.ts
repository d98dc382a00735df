import type { Subscription } from '../contract/define-subscription.js';
import type { Messaging } from '../contract/messaging.js';
import type { JsonSchema } from '../contract/event-schema.js';
import { deadLetterQueue, retryQueue } from '../routing/names.js';
import { waitQueueDelays } from '../routing/retry-delays.js';
import { planTopology, type Topology } from '../routing/topology.js';
import { exchangeChannel, queueChannel, type Channel } from './channels.js';
import {
  DEAD_LETTER,
  deadLetterMessage,
  eventMessages,
  retryOf,
  type Message,
} from './messages.js';
import { schemas } from './schemas.js';

/** A description of the events for programs: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: AsyncApiInfo;
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly messages: Readonly<Record<string, Message>>;
  };
}

/** What the document describes. */
export interface AsyncApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

interface Operation {
  readonly action: 'send' | 'receive';
  readonly channel: { readonly $ref: string };
  readonly summary: string;
  readonly bindings: { readonly amqp: object };
}

/** Made of the catalogue, the subscriptions and the topology with these pauses between attempts. */
export function asyncApiDocument(
  messaging: Messaging,
  info: AsyncApiInfo,
  retryDelaysMs: readonly number[],
): AsyncApiDocument {
  const { events, subscriptions } = messaging;
  const topology = planTopology(messaging, retryDelaysMs);
  const failing = subscriptions.map((each) => failureOperations(each, retryDelaysMs));
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    channels: channels(messaging, topology, retryDelaysMs),
    operations: Object.fromEntries([
      ...events.map(({ type, data }) => [
        `${type}.publish`,
        sending(type, data.description ?? type),
      ]),
      ...subscriptions.map(({ consumer }) => [`${consumer}.handle`, receiving(consumer)]),
      ...failing.flat(),
    ]) as Record<string, Operation>,
    components: {
      schemas: schemas(events),
      messages: {
        ...Object.fromEntries(events.flatMap((each) => eventMessages(each))),
        [DEAD_LETTER]: deadLetterMessage(messaging),
      },
    },
  };
}

function channels(
  { names, events, subscriptions }: Messaging,
  topology: Topology,
  retryDelaysMs: readonly number[],
): Record<string, Channel> {
  const queue = (name: string, ...rest: [messages: readonly string[], description: string]) =>
    [name, queueChannel(topology, name, ...rest)] as const;
  return Object.fromEntries([
    ...events.map(({ type }) => [type, exchangeChannel(names, type)] as const),
    ...subscriptions.flatMap(({ consumer, events: taken, retries }) => [
      queue(
        consumer,
        taken.map(({ type }) => type),
        'The queue of one handler.',
      ),
      ...waitQueueDelays(retries, retryDelaysMs).map((delay) =>
        queue(
          retryQueue(consumer, delay),
          taken.map(({ type }) => retryOf(type)),
          `Waits here, then back to ${consumer}.`,
        ),
      ),
      queue(deadLetterQueue(consumer), [DEAD_LETTER], `What ${consumer} has given up.`),
    ]),
  ]);
}

function failureOperations(
  { consumer, retries }: Subscription,
  retryDelaysMs: readonly number[],
): (readonly [string, Operation])[] {
  const waiting = waitQueueDelays(retries, retryDelaysMs).map((delay) =>
    retryQueue(consumer, delay),
  );
  return [
    ...waiting.map(
      (queue) => [queue, sending(queue, 'An attempt failed: another follows.')] as const,
    ),
    [deadLetterQueue(consumer), sending(deadLetterQueue(consumer), 'Given up.')],
  ];
}

/** All are sent so: persistent, returned if no queue takes them, and over only with the confirm. */
const sending = (channel: string, summary: string): Operation => ({
  action: 'send',
  channel: { $ref: `#/channels/${channel}` },
  summary,
  bindings: { amqp: { deliveryMode: 2, mandatory: true, bindingVersion: '0.3.0' } },
});

const receiving = (queue: string): Operation => ({
  action: 'receive',
  channel: { $ref: `#/channels/${queue}` },
  summary: 'Acknowledged once it is handled, or safe in another queue.',
  bindings: { amqp: { ack: true, bindingVersion: '0.3.0' } },
});
