import { usherMessaging } from '#libs/contracts';
import type { GetMessage } from 'amqplib';
import { deadLetterQueue, planTopology, retryQueue } from '#libs/messaging';
import { eventually } from '../support/eventually.js';
import { BrokerSandbox, QUEUE_TYPES, textOf } from '../support/broker-sandbox.js';
import { testEvents } from '../support/test-events.js';

const WAIT_MS = 300;
const PROPERTIES = {
  messageId: '01890a5d-ac96-774b-bcce-b302099a8057',
  type: 'user.registered.v1',
  appId: 'api',
  timestamp: 1_767_225_600,
  contentType: 'application/cloudevents+json',
};

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** The arguments that Usher declares the three queues of a handler with. */
function plannedArguments() {
  const subscription = testEvents().subscribe('handle');
  const { consumer } = subscription;
  const { queues } = planTopology(usherMessaging, [WAIT_MS], { subscriptions: [subscription] });
  const of = (name: string) => queues.find((queue) => queue.name === name)!.arguments;
  return {
    handler: of(consumer),
    retry: of(retryQueue(consumer, WAIT_MS)),
    deadLetter: of(deadLetterQueue(consumer)),
  };
}

/** A handler's queue with its wait queue and its dead letters, as Usher has them, on names of this test. */
async function handlerQueues(change: object = {}) {
  const planned = plannedArguments();
  const exchange = await broker.exchange('direct');
  const letters = await broker.queue(planned.deadLetter);
  const queue = broker.queueName();
  const dead = { 'x-dead-letter-exchange': exchange, 'x-dead-letter-routing-key': queue };
  await broker.channel.assertQueue(queue, {
    durable: true,
    arguments: { ...planned.handler, ...dead, ...change },
  });
  const wait = await broker.queue({ ...planned.retry, 'x-dead-letter-routing-key': queue });
  await broker.channel.bindQueue(letters, exchange, queue);
  return { queue, wait, letters };
}

/** Rejects whatever the queue delivers until it delivers no more; answers how often it did. */
async function rejectUntilDead(queue: string, letters: string): Promise<number> {
  const channel = await broker.newChannel();
  const inbox = await broker.consume(channel, queue, (message) => channel.reject(message));
  await broker.hasDepth(letters, 1);
  await channel.close();
  return inbox.received.length;
}

describe('a message in a wait queue', () => {
  it('comes to the handler after its time with body and properties as they were', async () => {
    const { queue, wait } = await handlerQueues();
    const headers = { 'retry-attempt': 2, 'last-error': 'boom' };
    const sentAt = performance.now();
    await broker.publish('', wait, 'hello', { ...PROPERTIES, headers });
    const message = await broker.take(queue);
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(WAIT_MS - 5);
    expect(textOf(message)).toBe('hello');
    expect(message.properties).toMatchObject({ ...PROPERTIES, deliveryMode: 2, headers });
    expect(message.properties.headers).toMatchObject({
      'x-first-death-reason': 'expired',
      'x-first-death-queue': wait,
    });
    expect(message.fields).toMatchObject({ exchange: '', routingKey: queue, redelivered: false });
    // The crash guard counts from nothing again.
    expect(message.properties.headers!['x-delivery-count'] ?? 0).toBe(0);
  });

  it('comes again each time when it is sent round several times with fresh headers', async () => {
    const { queue, wait } = await handlerQueues();
    for (const attempt of [1, 2, 3]) {
      const headers = { 'retry-attempt': attempt };
      await broker.publish('', wait, 'hello', { ...PROPERTIES, headers });
      const message = await broker.take(queue);
      expect(message.properties.headers).toMatchObject(headers);
    }
    await broker.hasDepth(wait, 0);
  });

  it('keeps the order of those that wait with it', async () => {
    const { queue, wait } = await handlerQueues();
    await broker.send(wait, 'first', 'second', 'third');
    await broker.hasDepth(queue, 3);
    expect(await broker.takeAll(queue)).toEqual(['first', 'second', 'third']);
  });
});

describe('a message that was delivered in vain as often as its queue allows', () => {
  it('is a dead letter that tells why, with body and properties as they were', async () => {
    const { queue, letters } = await handlerQueues({ 'x-delivery-limit': 2 });
    await broker.publish('', queue, 'poison', { ...PROPERTIES, headers: { note: 'kept' } });
    // The first delivery and two more.
    await expect(rejectUntilDead(queue, letters)).resolves.toBe(3);
    const letter = await broker.take(letters);
    expect(textOf(letter)).toBe('poison');
    expect(letter.properties).toMatchObject({ ...PROPERTIES, deliveryMode: 2 });
    // 4.x adds x-last-death-*, and may leave an x-delivery-count that is not of this queue.
    expect(letter.properties.headers).toMatchObject({
      note: 'kept',
      'x-first-death-reason': 'delivery_limit',
      'x-first-death-queue': queue,
    });
    expect(letter.fields.routingKey).toBe(queue);
    await broker.hasDepth(queue, 0);
  });

  it('can be replayed through a wait queue with fresh headers, and be settled', async () => {
    const { queue, wait, letters } = await handlerQueues({ 'x-delivery-limit': 2 });
    await broker.publish('', queue, 'poison', PROPERTIES);
    await rejectUntilDead(queue, letters);
    const letter = (await broker.channel.get(letters)) as GetMessage;
    // None of the broker's x-* headers: on 3.10 a message with a copied x-death vanishes.
    const headers = { 'replay-count': 1 };
    await broker.publish('', wait, textOf(letter), { ...PROPERTIES, headers });
    broker.channel.ack(letter);

    const channel = await broker.newChannel();
    const inbox = await broker.consume(channel, queue);
    const replayed = await inbox.nth(1);
    expect(textOf(replayed)).toBe('poison');
    expect(replayed.properties).toMatchObject({ ...PROPERTIES, headers });
    channel.ack(replayed);
    await channel.close();
    for (const each of [queue, wait, letters]) await broker.hasDepth(each, 0);
    expect(inbox.received).toHaveLength(1);
  });

  it('has all its deliveries again when it was replayed', async () => {
    const { queue, wait, letters } = await handlerQueues({ 'x-delivery-limit': 2 });
    await broker.publish('', queue, 'poison', PROPERTIES);
    await rejectUntilDead(queue, letters);
    const letter = await broker.take(letters);
    await broker.publish('', wait, textOf(letter), PROPERTIES);
    await expect(rejectUntilDead(queue, letters)).resolves.toBe(3);
    expect(textOf(await broker.take(letters))).toBe('poison');
  });
});

describe('a dead letter', () => {
  it('is still there when it was looked at 50 times', async () => {
    const queue = await broker.queue(plannedArguments().deadLetter);
    await broker.publish('', queue, 'dead', PROPERTIES);
    for (let looks = 0; looks < 50; looks++) {
      const letter = await eventually(() => broker.channel.get(queue));
      expect(letter.properties.messageId).toBe(PROPERTIES.messageId);
      broker.channel.nack(letter);
    }
    await broker.hasDepth(queue, 1);
    expect(textOf(await broker.take(queue))).toBe('dead');
  });

  it('of which none was settled is there for the next who looks, in the same order', async () => {
    const queue = await broker.queue(plannedArguments().deadLetter);
    await broker.send(queue, 'a', 'b', 'c');
    for (let looks = 0; looks < 3; looks++) {
      const letters: GetMessage[] = [];
      while (letters.length < 3) letters.push(await eventually(() => broker.channel.get(queue)));
      expect(letters.map(textOf)).toEqual(['a', 'b', 'c']);
      broker.channel.nack(letters.at(-1)!, true);
    }
  });
});

describe.each(QUEUE_TYPES)('with dead letters of a %s queue', (type) => {
  async function withLetters(args: object = {}) {
    const exchange = await broker.exchange('fanout');
    const letters = await broker.queueOf(type);
    await broker.channel.bindQueue(letters, exchange, '');
    const queue = await broker.queueOf(type, { 'x-dead-letter-exchange': exchange, ...args });
    return { queue, letters };
  }

  it('a message that is nacked without requeue goes there', async () => {
    const { queue, letters } = await withLetters();
    await broker.send(queue, 'refused');
    const message = await eventually(() => broker.channel.get(queue));
    broker.channel.nack(message, false, false);
    const letter = await broker.take(letters);
    expect(textOf(letter)).toBe('refused');
    expect(letter.properties.headers!['x-first-death-reason']).toBe('rejected');
    // Without a key for dead letters they keep their own.
    expect(letter.fields.routingKey).toBe(queue);
  });

  it('a message with an expiration of its own goes there, and does not expire again', async () => {
    const { queue, letters } = await withLetters();
    await broker.publish('', queue, 'late', { ...PROPERTIES, expiration: '50' });
    const letter = await broker.take(letters);
    expect(textOf(letter)).toBe('late');
    expect(letter.properties).toMatchObject({ ...PROPERTIES, expiration: undefined });
    expect(letter.properties.headers!['x-first-death-reason']).toBe('expired');
  });

  it('a message that is taken in time does not', async () => {
    const { queue, letters } = await withLetters({ 'x-message-ttl': 60_000 });
    await broker.publish('', queue, 'in time', { expiration: '50000' });
    expect((await broker.take(queue)).properties.expiration).toBe('50000');
    await expect(broker.depth(letters)).resolves.toBe(0);
  });
});

it.each(QUEUE_TYPES)('a message expires in a %s queue without dead letters', async (type) => {
  const queue = await broker.queueOf(type);
  await broker.publish('', queue, 'late', { expiration: '50' });
  await broker.publish('', queue, 'kept');
  await broker.hasDepth(queue, 1);
  expect(textOf(await broker.take(queue))).toBe('kept');
});
