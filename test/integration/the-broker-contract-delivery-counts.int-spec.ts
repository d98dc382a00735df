import type { Channel, ConsumeMessage } from 'amqplib';
import { BrokerSandbox, textOf } from '../support/broker-sandbox.js';
import type { ByVersion } from '../support/broker-version.js';
import { eventually } from '../support/eventually.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** What a quorum queue says about earlier deliveries: those that failed, and all (as of 4.3). */
const countsOf = ({ properties: { headers } }: Pick<ConsumeMessage, 'properties'>) => ({
  failed: headers?.['x-delivery-count'] ?? 0,
  acquired: headers?.['x-acquired-count'] ?? 0,
});

/** A queue with one message and a consumer of it. */
async function consumed() {
  const queue = await broker.queueOf('quorum');
  const channel = await broker.newChannel();
  const inbox = await broker.consume(channel, queue);
  await broker.send(queue, 'a');
  return { queue, channel, inbox };
}

describe('a quorum queue counts', () => {
  const NONE = [0, 0, 0, 0];
  const EACH = [0, 1, 2, 3];
  const AS_FAILED = {
    '3.10': { failed: EACH, acquired: NONE },
    '4.3': { failed: EACH, acquired: EACH },
  };
  const AS_ACQUIRED = {
    '3.10': { failed: EACH, acquired: NONE },
    '4.3': { failed: NONE, acquired: EACH },
  };

  it.each<[string, (channel: Channel, message: ConsumeMessage) => unknown, typeof AS_FAILED]>([
    ['a reject', (channel, message) => channel.reject(message), AS_FAILED],
    ['a nack', (channel, message) => channel.nack(message), AS_ACQUIRED],
    ['a recover', (channel) => channel.recover(), AS_ACQUIRED],
  ])('each delivery that comes back by %s', async (_, giveBack, byVersion) => {
    const { channel, inbox } = await consumed();
    for (const earlier of EACH) {
      const message = await inbox.nth(earlier + 1);
      expect(message.fields.redelivered).toBe(earlier > 0);
      if (earlier < 3) giveBack(channel, message);
    }
    const counts = (inbox.received as ConsumeMessage[]).map(countsOf);
    expect({
      failed: counts.map(({ failed }) => failed),
      acquired: counts.map(({ acquired }) => acquired),
    }).toEqual(broker.since(byVersion));
    await channel.close();
  });

  it('a channel that closes as a failed delivery', async () => {
    const queue = await broker.queueOf('quorum');
    await broker.send(queue, 'a');
    for (const earlier of EACH) {
      const channel = await broker.newChannel();
      const message = await (await broker.consume(channel, queue)).nth(1);
      const acquired = broker.since({ '3.10': 0, '4.3': earlier });
      expect(countsOf(message)).toEqual({ failed: earlier, acquired });
      await channel.close();
    }
  });

  it('from 0 again when the message is published again', async () => {
    const { queue, channel, inbox } = await consumed();
    channel.reject(await inbox.nth(1));
    const again = await inbox.nth(2);
    expect(countsOf(again).failed).toBe(1);
    await broker.send(queue, textOf(again));
    expect(countsOf(await inbox.nth(3))).toEqual({ failed: 0, acquired: 0 });
    await channel.close();
  });

  // The message is refused into a wait queue twice, and comes back each time.
  it.each<[string, (channel: Channel, message: ConsumeMessage) => unknown, ByVersion<number[]>]>([
    ['a reject', (c, m) => c.reject(m, false), { '3.10': [0, 0, 0], '4.0': [0, 1, 2] }],
    [
      'a nack',
      (c, m) => c.nack(m, false, false),
      { '3.10': [0, 0, 0], '4.0': [0, 1, 2], '4.3': [0, 0, 0] },
    ],
  ])('on when %s sends the message through dead letters', async (_, refuse, byVersion) => {
    const [queue, wait] = [broker.queueName(), broker.queueName()];
    const quorum = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': '' };
    const declare = (name: string, args: object) =>
      broker.channel.assertQueue(name, { durable: true, arguments: { ...quorum, ...args } });
    await declare(queue, { 'x-dead-letter-routing-key': wait });
    await declare(wait, { 'x-dead-letter-routing-key': queue, 'x-message-ttl': 20 });
    const channel = await broker.newChannel();
    const inbox = await broker.consume(channel, queue);
    await broker.send(queue, 'a');
    for (const round of [1, 2]) refuse(channel, await inbox.nth(round));
    await inbox.nth(3);
    const received = inbox.received as ConsumeMessage[];
    const expected = broker.since(byVersion);
    expect(received.map((message) => countsOf(message).failed)).toEqual(expected);
    expect(received.map(({ fields }) => fields.redelivered)).toEqual(expected.map(Boolean));
    await channel.close();
  });
});

describe('the delivery limit of a quorum queue', () => {
  async function limited() {
    const deadLetters = await broker.queueOf('classic');
    const queue = await broker.queueOf('quorum', {
      'x-delivery-limit': 2,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLetters,
    });
    return { queue, deadLetters };
  }

  it('ends nacks before 4.3, and does not since', async () => {
    const { queue, deadLetters } = await limited();
    const channel = await broker.newChannel();
    const enough = broker.since({ '3.10': 3, '4.3': 30 });
    const inbox = await broker.consume(channel, queue, (message) =>
      inbox.received.length <= enough ? channel.nack(message) : undefined,
    );
    await broker.send(queue, 'poison');
    if (broker.since({ '3.10': true, '4.3': false })) {
      await broker.hasDepth(deadLetters, 1);
      expect(inbox.received).toHaveLength(3);
    } else {
      await inbox.nth(enough + 1);
      await expect(broker.depth(deadLetters)).resolves.toBe(0);
    }
    await channel.close();
  });

  it('counts, as of 4.3, what failed in the quorum queue before', async () => {
    const { queue, deadLetters } = await limited();
    const before = await broker.queueOf('quorum', {
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queue,
    });
    await broker.send(before, 'poison');
    broker.channel.reject(await eventually(() => broker.channel.get(before)), false);
    const channel = await broker.newChannel();
    const inbox = await broker.consume(channel, queue, (message) => channel.reject(message));
    await broker.hasDepth(deadLetters, 1);
    expect(inbox.received).toHaveLength(broker.since({ '3.10': 3, '4.3': 2 }));
    await channel.close();
  });
});
