import type { GetMessage } from 'amqplib';
import { BrokerSandbox, QUEUE_TYPES, textOf } from '../support/broker-sandbox.js';
import { eventually } from '../support/eventually.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** A queue with these arguments, and another that gets its dead letters. */
async function withLetters(args: object) {
  const letters = await broker.queue();
  const queue = await broker.queue({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': letters,
    ...args,
  });
  return { queue, letters };
}

/** Of each death: queue, reason, how often, and the keys that the message had. */
const deathsOf = ({ properties }: Pick<GetMessage, 'properties'>) =>
  (properties.headers!['x-death'] as unknown as Record<string, unknown>[]).map((death) =>
    ['queue', 'reason', 'count', 'routing-keys'].map((field) => death[field]),
  );

describe('a queue with a single active consumer', () => {
  it.each(QUEUE_TYPES)(
    'gives a %s queue to the first, and to the next when it goes',
    async (type) => {
      const queue = await broker.queueOf(type, { 'x-single-active-consumer': true });
      const [first, second] = [await broker.newChannel(), await broker.newChannel()];
      const active = await broker.consume(first, queue, (message) => first.ack(message));
      const waiting = await broker.consume(second, queue, (message) => second.ack(message));
      await broker.send(queue, 'one', 'two', 'three');
      await active.nth(3);
      expect(waiting.received).toEqual([]);
      await first.cancel(active.tag);
      await broker.send(queue, 'four');
      expect(textOf(await waiting.nth(1))).toBe('four');
      expect(active.received).toHaveLength(3);
      await first.close();
      await second.close();
    },
  );

  it.each(QUEUE_TYPES)(
    'gives the next of a %s queue what the first had in hand, before all that is newer',
    async (type) => {
      const queue = await broker.queueOf(type, { 'x-single-active-consumer': true });
      const connection = await broker.newConnection();
      const first = await connection.createChannel();
      const second = await broker.newChannel();
      await first.prefetch(2);
      const active = await broker.consume(first, queue);
      const next = await broker.consume(second, queue, (message) => second.ack(message));
      await broker.send(queue, 'one', 'two', 'three', 'four');
      await active.nth(2);
      await connection.close();
      await next.nth(4);
      const came = next.received.map((each) => [textOf(each!), each!.fields.redelivered]);
      expect(came).toEqual([
        ['one', true],
        ['two', true],
        ['three', false],
        ['four', false],
      ]);
      await second.close();
    },
  );
});

describe('a queue with a greatest length', () => {
  it.each(QUEUE_TYPES)(
    'gives up the oldest of a %s queue, and its letter tells why',
    async (type) => {
      const { queue, letters } = await withLetters({ 'x-queue-type': type, 'x-max-length': 2 });
      await broker.send(queue, 'one', 'two', 'three');
      const letter = await broker.take(letters);
      expect(textOf(letter)).toBe('one');
      expect(deathsOf(letter)).toEqual([[queue, 'maxlen', 1, [queue]]]);
      expect(await broker.takeAll(queue)).toEqual(['two', 'three']);
    },
  );
});

describe('a queue that goes when nobody uses it', () => {
  // Not a quorum queue: RabbitMQ 3.10 at times answers 541 to a publish that meets its end.
  it('is gone after its time, not before its consumer', async () => {
    const queue = await broker.queueOf('classic', { 'x-expires': 300 });
    const channel = await broker.newChannel();
    const inbox = await broker.consume(channel, queue);
    await broker.send(queue, 'used');
    await inbox.nth(1);
    await channel.close();
    // A message to nobody comes back; asking for the queue itself would be a use of it.
    let isGone = false;
    broker.channel.once('return', () => (isGone = true));
    await broker.publish('', queue, 'early', { mandatory: true });
    expect(isGone).toBe(false);
    await eventually(async () => {
      await broker.publish('', queue, 'probe', { mandatory: true });
      return isGone;
    });
  });
});

describe('the history of a dead letter', () => {
  it('counts each reason of each queue, the latest first, and keeps the first one', async () => {
    const { queue, letters } = await withLetters({});
    const wait = await broker.queue({
      'x-message-ttl': 50,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queue,
    });
    await broker.publish('', wait, 'round');
    const message = await eventually(() => broker.channel.get(queue));
    expect(deathsOf(message)).toEqual([[wait, 'expired', 1, [wait]]]);
    broker.channel.nack(message, false, false);
    const letter = await broker.take(letters);
    expect(deathsOf(letter)).toEqual([
      [queue, 'rejected', 1, [queue]],
      [wait, 'expired', 1, [wait]],
    ]);
    expect(letter.properties.headers).toMatchObject({
      'x-first-death-queue': wait,
      'x-first-death-reason': 'expired',
      'x-first-death-exchange': '',
    });
  });

  it('ends where it would go round forever without being rejected', async () => {
    const exchange = await broker.exchange('fanout');
    const round = await broker.queue({ 'x-message-ttl': 20, 'x-dead-letter-exchange': exchange });
    const letters = await broker.queue();
    for (const queue of [round, letters]) await broker.channel.bindQueue(queue, exchange, '');
    await broker.publish('', round, 'dizzy');
    expect(textOf(await broker.take(letters))).toBe('dizzy');
    // If it had gone back into the queue it would die there again, before this one.
    await broker.publish('', round, 'behind');
    expect(textOf(await broker.take(letters))).toBe('behind');
  });
});

describe('an exchange', () => {
  it('that is bound to another passes on what that one takes', async () => {
    const [source, destination] = [await broker.exchange('topic'), await broker.exchange('direct')];
    const queue = await broker.queue();
    await broker.channel.bindExchange(destination, source, 'user.#');
    await broker.channel.bindQueue(queue, destination, 'user.registered');
    for (const key of ['user.registered', 'user.deleted', 'order.placed'])
      await broker.publish(source, key, key);
    expect(await broker.takeAll(queue)).toEqual(['user.registered']);
    await broker.channel.unbindExchange(destination, source, 'user.#');
    await broker.publish(source, 'user.registered', 'again');
    expect(await broker.takeAll(queue)).toEqual([]);
  });
});
