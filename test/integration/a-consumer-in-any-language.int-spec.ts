import {
  CLOUDEVENTS_JSON,
  defineSubscription,
  exampleOf,
  userRegistered,
  type EventOf,
} from '#libs/contracts';
import {
  countQueue,
  createEvent,
  deadLetterHeadersSchema,
  deadLetterQueue,
  declareTopology,
  EVENTS_EXCHANGE,
  eventMessage,
  planTopology,
  retryHeadersSchema,
  retryQueue,
} from '#libs/messaging';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CASES, CRASH_LIMIT, RETRY_DELAYS, type Case } from '../conformance/cases.js';
import { LANGUAGES, PYTHON, type ConformingWorker } from '../conformance/workers.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { randomName } from '../support/random-name.js';
import { TestBroker } from '../support/test-broker.js';

const START_TIMEOUT_MS = 30_000;
const CASE_TIMEOUT_MS = 25_000;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Registered = EventOf<typeof userRegistered>;

function registered(displayName: string): Registered {
  const { data } = exampleOf(userRegistered) as { data: Registered['data'] };
  const userId = randomUUID();
  return createEvent(
    userRegistered,
    { ...data, displayName, userId },
    { source: 'test', subject: userId, correlationId: randomUUID() },
  );
}

/** CI does not go without; elsewhere Python may be missing. */
const hasPython = spawnSync(PYTHON, ['-c', 'import pika, jsonschema']).status === 0;
const isRun = (language: string) =>
  language !== 'Python' || hasPython || process.env['CI'] === 'true';

let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.connect();
});

afterAll(() => broker.close());

describe.each(Object.entries(LANGUAGES))('a consumer in %s', (language, start) => {
  if (!isRun(language)) {
    // eslint-disable-next-line jest/no-disabled-tests
    it.skip(`needs ${PYTHON} with pika and jsonschema (apt-get install python3-pika python3-jsonschema)`, () =>
      undefined);
    return;
  }

  const queue = `test-${randomName()}.obey`;
  const subscription = defineSubscription(userRegistered, { consumer: queue });
  const topology = planTopology([subscription], [100, 300]);
  let proxy: FaultProxy;
  let worker: ConformingWorker;

  const isConsuming = () =>
    eventually(
      async () => (await countQueue(broker.connection, queue))?.consumers === 1,
      START_TIMEOUT_MS,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${worker.process.lastOutput}`);
    });

  beforeAll(async () => {
    proxy = await FaultProxy.before(given('RABBITMQ_URL'));
    worker = await start({
      RABBITMQ_URL: proxy.url,
      QUEUE: queue,
      CONSUMER_RETRY_DELAYS: RETRY_DELAYS,
      CRASH_LIMIT: String(CRASH_LIMIT),
    });
    await isConsuming();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await worker.dispose();
    await broker.deleteAll(topology);
    await proxy.close();
  });

  const hasEffect = (event: Registered) =>
    eventually(async () => (await worker.effects(event.id)) > 0, CASE_TIMEOUT_MS);

  /** Everything before it is settled when an event that simply works has had its effect. */
  async function settled(): Promise<void> {
    const marker = registered('work 0');
    broker.publish(marker);
    await hasEffect(marker);
  }

  function send(
    { body, contentType = CLOUDEVENTS_JSON, headers, copies = 1 }: Case,
    event: Registered,
  ) {
    const { content, properties } = eventMessage(event, EVENTS_EXCHANGE, event.type);
    const sent = { ...properties, contentType, headers, persistent: true };
    for (let copy = 0; copy < copies; copy++) {
      if (body) broker.channel.sendToQueue(queue, Buffer.from(body(event) as string), sent);
      else broker.channel.publish(EVENTS_EXCHANGE, event.type, content, sent);
    }
    return sent;
  }

  it('declares the queues that a worker of Usher has, to the letter', async () => {
    // The broker would refuse other arguments.
    const channel = await broker.connection.createChannel();
    await declareTopology(channel, topology);
    await channel.close();
  });

  /** What it does to its process it was told to do. */
  function expectDeaths(before: number, { does }: Case): void {
    const [behaviour, runs] = does.split(' ');
    const deaths = behaviour === 'die' ? Math.min(Number(runs), CRASH_LIMIT) : 0;
    expect({ starts: worker.process.starts, output: worker.process.lastOutput }).toMatchObject({
      starts: before + deaths,
    });
  }

  it.each(CASES.filter(({ outcome }) => !outcome.letter))(
    'has the effect once: $name',
    async (each) => {
      const { starts } = worker.process;
      const event = registered(each.does);
      send(each, event);
      await hasEffect(event);
      await settled();
      expectDeaths(starts, each);
      expect(await worker.effects(event.id)).toBe(each.outcome.effects);
      expect(worker.runs(event.id)).toBe(each.outcome.runs);
      await expect(broker.depth(deadLetterQueue(queue))).resolves.toBe(0);
    },
    60_000,
  );

  it.each(CASES.filter(({ outcome }) => outcome.letter))(
    'gives up, and says why: $name',
    async (each) => {
      const { starts } = worker.process;
      const event = registered(each.does);
      const sent = send(each, event);
      const letter = await eventually(() => broker.take(deadLetterQueue(queue)), CASE_TIMEOUT_MS);
      const { 'x-delivery-count': _, ...headers } = letter.properties.headers!;
      const { reason, exception, attempts, message, names = '' } = each.outcome.letter!;

      expect(headers).toEqual({
        'dead-letter-id': expect.stringMatching(UUID_V7),
        'dead-letter-reason': reason,
        'exception-type': exception,
        'exception-message': message ?? expect.stringContaining(names),
        'exception-stack': expect.stringContaining(exception),
        attempts,
        consumer: queue,
        'original-exchange': each.body ? '' : EVENTS_EXCHANGE,
        'original-routing-key': each.body ? queue : userRegistered.type,
        'first-failed-at': expect.any(String),
        'dead-lettered-at': expect.any(String),
        host: hostname(),
        ...(each.headers?.['replay-count'] === 2 && { 'replay-count': 2 }),
      });
      deadLetterHeadersSchema.parse(headers);
      if (each.headers?.['replay-count'] === 2)
        expect(headers['first-failed-at']).toBe(each.headers['first-failed-at']);
      expect(headers['exception-message']).not.toContain('mei@example.com');

      const { messageId, type, appId, timestamp, contentType } = sent;
      const expected = { messageId, type, appId, timestamp, contentType, deliveryMode: 2 };
      expect(letter.properties).toMatchObject(expected);
      const body = each.body?.(event) ?? JSON.stringify(event);
      expect(letter.content).toEqual(Buffer.from(body as string));

      await settled();
      expectDeaths(starts, each);
      expect(await worker.effects(event.id)).toBe(each.outcome.effects);
      expect(worker.runs(event.id)).toBe(each.outcome.runs);
      for (const { name } of topology.queues) await expect(broker.depth(name)).resolves.toBe(0);
    },
    60_000,
  );

  it('comes back when the broker was away with a message in hand, which has its effect once', async () => {
    const event = registered('hold 1');
    broker.publish(event);
    await eventually(() => worker.runs(event.id) === 1);
    await proxy.down();
    worker.release(event.id);
    await hasEffect(event);
    await proxy.up();
    await settled();
    expect(await worker.effects(event.id)).toBe(1);
    expect(worker.runs(event.id)).toBe(1);
  });

  it('declares and consumes its queue again when it was deleted', async () => {
    await broker.channel.deleteQueue(queue);
    await isConsuming();
    await settled();
  });

  it('stops at SIGTERM, but not before it has finished what it has in hand', async () => {
    const [inHand, next] = [registered('hold 1'), registered('work 0')];
    broker.publish(inHand);
    await eventually(() => worker.runs(inHand.id) === 1);
    broker.publish(next);
    const stopped = worker.process.stop();
    worker.release(inHand.id);
    await expect(stopped).resolves.toBe(0);
    expect(await worker.effects(inHand.id)).toBe(1);
    expect(worker.runs(next.id)).toBe(0);
    await eventually(async () => (await broker.depth(queue)) === 1);
  });
});

describe.each(Object.entries(LANGUAGES))('a retry in %s', (language, start) => {
  (isRun(language) ? it : it.skip)(
    'waits in the queue of its delay, with its past in the headers',
    async () => {
      const queue = `test-${randomName()}.wait`;
      const subscription = defineSubscription(userRegistered, { consumer: queue });
      const worker = await start({
        RABBITMQ_URL: given('RABBITMQ_URL'),
        QUEUE: queue,
        CONSUMER_RETRY_DELAYS: '60m',
        CRASH_LIMIT: '10',
      });
      try {
        const count = () => countQueue(broker.connection, queue);
        await eventually(async () => (await count())?.consumers === 1, START_TIMEOUT_MS);
        const event = registered('fail 1');
        broker.publish(event);
        const waiting = await eventually(() => broker.take(retryQueue(queue, 3_600_000)));
        const { messageId, deliveryMode } = waiting.properties;
        const { 'x-delivery-count': _, ...headers } = waiting.properties.headers!;
        expect(headers).toEqual({
          'retry-attempt': 1,
          'first-failed-at': expect.any(String),
          'last-error': 'not yet',
        });
        retryHeadersSchema.parse(headers);
        expect({ messageId, deliveryMode }).toEqual({ messageId: event.id, deliveryMode: 2 });
      } finally {
        await worker.dispose();
        await broker.deleteAll(planTopology([subscription], [3_600_000]));
      }
    },
    60_000,
  );
});
