import specification from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { asyncApiDocument, planTopology } from '#libs/messaging';
import { eventCatalog } from './event-catalog.js';
import { subscriptions } from './subscriptions.js';
import { aboutUsher, usherMessaging } from './usher.js';

const DELAYS = [1_000, 60_000];
const document = asyncApiDocument(usherMessaging, aboutUsher, DELAYS);
const { channels, operations, components } = document;

/** What a reference within the document points to. */
const target = ($ref: string): unknown =>
  $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const { $ref } = value as { $ref?: unknown };
  if (typeof $ref === 'string') yield $ref;
  for (const each of Object.values(value)) yield* referencesIn(each);
}

const newAjv = (options: object = {}) => {
  const ajv = new Ajv({ strict: false, allErrors: true, ...options });
  addFormats.default(ajv);
  return ajv;
};

describe('the AsyncAPI document', () => {
  it('is one, by the schema of the specification', () => {
    // It brings the meta-schema of its dialect along.
    const ajv = newAjv({ meta: false, validateSchema: false });
    const isDocument = ajv.compile(specification.schemas['3.0.0'] as object);
    isDocument(structuredClone(document));
    expect(isDocument.errors).toBeNull();
  });

  it('refers to nothing that is not in it', () => {
    const references = [...referencesIn(document)];
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter(($ref) => target($ref) === undefined)).toEqual([]);
  });

  it('has a channel for every event, with the exchange where a consumer binds its queue', () => {
    for (const { type } of eventCatalog) {
      expect(channels[type]).toMatchObject({
        address: type,
        bindings: { amqp: { is: 'routingKey', exchange: { name: 'usher.events', type: 'topic' } } },
      });
    }
  });

  it('has a channel for every queue, with the arguments and bindings that it is declared with', () => {
    const { queues, bindings } = planTopology(usherMessaging, DELAYS);
    const requested = usherMessaging.requests.map(({ queue }) => queue);
    for (const { name, arguments: given } of queues) {
      // A request is no event.
      if (requested.includes(name)) continue;
      expect(channels[name]!.bindings.amqp).toMatchObject({
        queue: { name, durable: true },
        'x-arguments': given,
        'x-bindings': bindings
          .filter(({ queue }) => queue === name)
          .map(({ exchange, key }) => ({ exchange, routingKey: key })),
      });
    }
    expect(Object.keys(channels)).toHaveLength(
      eventCatalog.length + queues.length - usherMessaging.requests.length,
    );
  });

  it('has an operation for every channel: events are sent, handlers receive, failures are sent on', () => {
    const at = Object.values(operations).map(({ channel }) => channel.$ref);
    expect(at.toSorted()).toEqual(
      Object.keys(channels)
        .map((name) => `#/channels/${name}`)
        .toSorted(),
    );
    const receiving = Object.entries(operations).filter(([, { action }]) => action === 'receive');
    expect(receiving.map(([name]) => name)).toEqual(
      subscriptions.map(({ consumer }) => `${consumer}.handle`),
    );
  });

  it.each(Object.keys(components.messages))('gives valid examples of the message %s', (name) => {
    const message = components.messages[name]!;
    const ajv = newAjv();
    const schemaOf = (part: object) => ajv.compile(referTo(part));
    const [payload, headers] = [schemaOf(message.payload), schemaOf(message.headers)];
    expect(message.examples.length).toBeGreaterThan(0);
    for (const example of message.examples) {
      payload(example.payload);
      headers(example.headers);
      expect([payload.errors, headers.errors]).toEqual([null, null]);
    }
  });
});

const referTo = (part: object): object =>
  '$ref' in part ? (target(part.$ref as string) as object) : part;
