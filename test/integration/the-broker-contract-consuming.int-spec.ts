import { eventually } from '../support/eventually.js';
import { BrokerSandbox, QUEUE_TYPES, textOf } from '../support/broker-sandbox.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe('with a prefetch of 1', () => {
  it.each(QUEUE_TYPES)(
    'a slow consumer leaves the rest of a %s queue to a fast one',
    async (type) => {
      const queue = await broker.queueOf(type);
      const [slowChannel, fastChannel] = [await broker.newChannel(), await broker.newChannel()];
      await slowChannel.prefetch(1);
      await fastChannel.prefetch(1);
      const slow = await broker.consume(slowChannel, queue);
      const fast = await broker.consume(fastChannel, queue, (message) => fastChannel.ack(message));
      await broker.send(queue, ...numbers(40));
      await fast.nth(39);
      // As slow as can be: it is still at its first message.
      expect(slow.received).toHaveLength(1);
      slowChannel.ack(await slow.nth(1));
      await broker.send(queue, 'one', 'more', 'each');
      await eventually(() => slow.received.length + fast.received.length === 43);
      expect(slow.received).toHaveLength(2);
      await slowChannel.close();
      await fastChannel.close();
    },
  );

  it.each(QUEUE_TYPES)('two equally fast consumers share a %s queue', async (type) => {
    const queue = await broker.queueOf(type);
    const channels = [await broker.newChannel(), await broker.newChannel()];
    const inboxes = await Promise.all(
      channels.map(async (channel) => {
        await channel.prefetch(1);
        return broker.consume(channel, queue, (message) => channel.ack(message));
      }),
    );
    await broker.send(queue, ...numbers(60));
    await eventually(() => inboxes[0]!.received.length + inboxes[1]!.received.length === 60);
    for (const { received } of inboxes) expect(received.length).toBeGreaterThan(15);
    for (const channel of channels) await channel.close();
  });

  it('each consumer of a channel has a limit of its own, and the next comes after the ack', async () => {
    const queue = await broker.queueOf('quorum');
    const channel = await broker.newChannel();
    await channel.prefetch(1);
    const inboxes = [await broker.consume(channel, queue), await broker.consume(channel, queue)];
    await broker.send(queue, ...numbers(6));
    for (const inbox of inboxes) await inbox.nth(1);
    await broker.hasDepth(queue, 4);
    expect(inboxes.map(({ received }) => received.length)).toEqual([1, 1]);
    channel.ack(await inboxes[0]!.nth(1));
    await inboxes[0]!.nth(2);
    await broker.hasDepth(queue, 3);
    expect(inboxes.map(({ received }) => received.length)).toEqual([2, 1]);
    await channel.close();
  });
});

it.each([0, 5])(
  'a prefetch of %d limits a consumer to as many, where 0 is no limit',
  async (limit) => {
    const queue = await broker.queueOf('quorum');
    const channel = await broker.newChannel();
    await channel.prefetch(limit);
    const inbox = await broker.consume(channel, queue);
    await broker.send(queue, ...numbers(20));
    await inbox.nth(limit || 20);
    await broker.hasDepth(queue, limit ? 15 : 0);
    expect(inbox.received).toHaveLength(limit || 20);
    await channel.close();
  },
);

describe('basic.get', () => {
  it.each(QUEUE_TYPES)('answers false for an empty %s queue', async (type) => {
    const queue = await broker.queueOf(type);
    await expect(broker.channel.get(queue)).resolves.toBe(false);
  });

  it.each(QUEUE_TYPES)(
    'takes the oldest of a %s queue and tells how many are left',
    async (type) => {
      const queue = await broker.queueOf(type);
      await broker.send(queue, 'first', 'second', 'third');
      const message = await broker.take(queue);
      expect(textOf(message)).toBe('first');
      expect(message.fields.messageCount).toBe(2);
    },
  );
});

describe('a consumer', () => {
  it.each(QUEUE_TYPES)(
    'that is cancelled gets no more from a %s queue, and may settle what it has',
    async (type) => {
      const queue = await broker.queueOf(type);
      const channel = await broker.newChannel();
      await channel.prefetch(1);
      const inbox = await broker.consume(channel, queue);
      await broker.send(queue, 'in hand', 'left');
      const message = await inbox.nth(1);
      await channel.cancel(inbox.tag);
      channel.ack(message);
      await channel.close();
      await broker.hasDepth(queue, 1);
      expect(textOf(await broker.take(queue))).toBe('left');
      expect(inbox.received).toEqual([message]);
    },
  );

  it.each(QUEUE_TYPES)(
    'gets null when its %s queue is deleted, and its channel stays open',
    async (type) => {
      const queue = await broker.queueOf(type);
      const channel = await broker.newChannel();
      const inbox = await broker.consume(channel, queue);
      await broker.channel.deleteQueue(queue);
      await eventually(() => inbox.received.length === 1);
      expect(inbox.received).toEqual([null]);
      await channel.close();
    },
  );

  it('that asked for no acknowledgement leaves nothing behind', async () => {
    const queue = await broker.queueOf('classic');
    const channel = await broker.newChannel();
    const inbox = await broker.consume(channel, queue, undefined, { noAck: true });
    await broker.send(queue, ...numbers(10));
    await inbox.nth(10);
    await channel.close();
    await expect(broker.depth(queue)).resolves.toBe(0);
  });

  it('is counted, as are the ready messages, by a passive declare', async () => {
    const queue = await broker.queueOf('quorum');
    const channel = await broker.newChannel();
    await channel.prefetch(1);
    const inbox = await broker.consume(channel, queue);
    await broker.send(queue, 'in hand', 'ready', 'ready');
    await inbox.nth(1);
    await eventually(async () => {
      const { messageCount, consumerCount } = await broker.channel.checkQueue(queue);
      return messageCount === 2 && consumerCount === 1;
    });
    await channel.close();
    await eventually(async () => {
      const { messageCount, consumerCount } = await broker.channel.checkQueue(queue);
      return messageCount === 3 && consumerCount === 0;
    });
  });
});

it('a durable quorum queue keeps its messages, in order, while nobody is connected', async () => {
  const queue = await broker.queueOf('quorum');
  const publisher = await broker.newConnection();
  const channel = await publisher.createConfirmChannel();
  for (const body of numbers(100))
    channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
  await publisher.close();

  const reader = await broker.newConnection();
  const inbox = await broker.consume(await reader.createChannel(), queue, undefined, {
    noAck: true,
  });
  await inbox.nth(100);
  expect(inbox.received.map((message) => textOf(message!))).toEqual(numbers(100));
  expect(inbox.received.some((message) => message!.fields.redelivered)).toBe(false);
  await reader.close();
});
