import { userRegistered, usherMessaging } from '#libs/contracts';
import {
  type CloudEvent,
  CLOUDEVENTS_JSON,
  deadLetterHeadersSchema,
  deadLetterQueue,
  declareTopology,
  defineSubscription,
  eventMessage,
  planTopology,
  retryQueue,
} from '#libs/messaging';
import type { Options } from 'amqplib';
import { hostname } from 'node:os';
import { CASES, CRASH_LIMIT, RETRY_DELAYS, type Case } from '../conformance/cases.js';
import { registered, type Registered } from '../conformance/registered.js';
import { isRun, LANGUAGES, PYTHON, type ConformingWorker } from '../conformance/workers.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { randomName } from '../support/random-name.js';
import { TestBroker } from '../support/test-broker.js';

const START_TIMEOUT_MS = 60_000;
const CASE_TIMEOUT_MS = 120_000;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

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
  /** Its own, so that what is published here reaches no other consumer of this broker. */
  const key = `conformance.${randomName()}`;
  const subscription = defineSubscription(userRegistered, { consumer: queue });
  const topology = planTopology(usherMessaging, [100, 300], { subscriptions: [subscription] });
  let proxy: FaultProxy;
  let worker: ConformingWorker;

  async function isConsuming(): Promise<void> {
    await eventually(async () => (await broker.consumers(queue)) === 1, START_TIMEOUT_MS).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${worker.process.lastOutput}`);
      },
    );
    await broker.channel.bindQueue(queue, usherMessaging.names.events, key);
  }

  function publish(event: CloudEvent, change: Options.Publish = {}, routingKey = key) {
    const { content, properties } = eventMessage(event, usherMessaging.names.events, event.type);
    const sent = { ...properties, persistent: true, ...change };
    broker.channel.publish(usherMessaging.names.events, routingKey, content, sent);
    return sent;
  }

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
    publish(marker);
    await hasEffect(marker);
  }

  function send(
    { body, contentType = CLOUDEVENTS_JSON, headers, copies = 1 }: Case,
    event: Registered,
  ) {
    const { properties } = eventMessage(event, usherMessaging.names.events, event.type);
    const sent = { ...properties, contentType, headers, persistent: true };
    for (let copy = 0; copy < copies; copy++) {
      if (body) broker.channel.sendToQueue(queue, Buffer.from(body(event) as string), sent);
      else publish(event, sent);
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

      // Who gives it up sees only the way back from a wait queue.
      const cameBack = attempts > 1;

      expect(headers).toEqual({
        'dead-letter-id': expect.stringMatching(UUID_V7),
        'dead-letter-reason': reason,
        'exception-type': exception,
        'exception-message': message ?? expect.stringContaining(names),
        'exception-stack': expect.stringContaining(exception),
        attempts,
        consumer: queue,
        'original-exchange': each.body ? '' : usherMessaging.names.events,
        'original-routing-key': each.body ? queue : cameBack ? userRegistered.type : key,
        'first-failed-at': expect.any(String),
        'dead-lettered-at': expect.any(String),
        host: hostname(),
        ...Object.fromEntries(each.keeps?.map((name) => [name, each.headers![name]]) ?? []),
      });
      deadLetterHeadersSchema.parse(headers);
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
  );

  if (language === 'Python') {
    it('gets every version by its binding, and those that it does not know go to the dead letters', async () => {
      const v2 = { ...registered('work 0'), type: 'user.registered.v2' };
      publish(v2, {}, v2.type);
      const letter = await eventually(() => broker.take(deadLetterQueue(queue)));
      expect(letter.properties).toMatchObject({ messageId: v2.id });
      expect(letter.properties.headers).toMatchObject({
        'dead-letter-reason': 'unknown-type',
        'original-exchange': usherMessaging.names.events,
        'original-routing-key': v2.type,
      });
      await settled();
    });
  }

  it('acknowledges nothing that it could not send on, and goes on when it can', async () => {
    await broker.channel.deleteQueue(retryQueue(queue, 100));
    const event = registered('fail 1');
    publish(event);
    await eventually(() => worker.runs(event.id) === 1);
    const behind = registered('work 0');
    publish(behind);
    await eventually(async () => (await broker.depth(queue)) === 1);
    expect(worker.runs(behind.id)).toBe(0);
    await declareTopology(broker.channel, topology);
    await hasEffect(event);
    await hasEffect(behind);
    expect(worker.runs(event.id)).toBe(2);
  });

  it('comes back when the broker was away with a message in hand, which has its effect once', async () => {
    const event = registered('hold 1');
    publish(event);
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
    publish(inHand);
    await eventually(() => worker.runs(inHand.id) === 1);
    publish(next);
    const stopped = worker.process.stop();
    worker.release(inHand.id);
    await expect(stopped).resolves.toBe(0);
    expect(await worker.effects(inHand.id)).toBe(1);
    expect(worker.runs(next.id)).toBe(0);
    await eventually(async () => (await broker.depth(queue)) === 1);
  });
});
