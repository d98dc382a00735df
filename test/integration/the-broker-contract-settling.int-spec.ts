import type { Channel, ConsumeMessage } from 'amqplib';
import {
  BrokerSandbox,
  closedByBroker,
  QUEUE_TYPES,
  textOf,
  type QueueType,
} from '../support/broker-sandbox.js';
import type { ByVersion } from '../support/broker-version.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** A queue with these messages, all of them delivered to a channel and not settled. */
async function delivered(type: QueueType, ...bodies: string[]) {
  const queue = await broker.queueOf(type);
  const channel = await broker.newChannel();
  const inbox = await broker.consume(channel, queue);
  await broker.send(queue, ...bodies);
  await inbox.nth(bodies.length);
  return { queue, channel, inbox, messages: inbox.received as ConsumeMessage[] };
}

/** What the broker still has once the channel that held the unsettled ones is gone. */
async function leftAfterClosing(channel: Channel, queue: string, count: number): Promise<string[]> {
  await channel.close();
  await broker.hasDepth(queue, count);
  return (await broker.takeAll(queue)).toSorted();
}

describe.each(QUEUE_TYPES)('a message of a %s queue', (type) => {
  it('that is acked is gone', async () => {
    const { queue, channel, messages } = await delivered(type, 'a', 'b');
    channel.ack(messages[1]!);
    await expect(leftAfterClosing(channel, queue, 1)).resolves.toEqual(['a']);
  });

  it('that is acked with `multiple` is gone with all before it', async () => {
    const { queue, channel, messages } = await delivered(type, 'a', 'b', 'c', 'd');
    channel.ack(messages[2]!, true);
    await expect(leftAfterClosing(channel, queue, 1)).resolves.toEqual(['d']);
  });

  it('is gone with all others when all are acked', async () => {
    const { queue, channel } = await delivered(type, 'a', 'b', 'c');
    channel.ackAll();
    await expect(leftAfterClosing(channel, queue, 0)).resolves.toEqual([]);
  });

  it('that is nacked comes again, marked as redelivered', async () => {
    const { channel, inbox, messages } = await delivered(type, 'a');
    expect(messages[0]!.fields.redelivered).toBe(false);
    channel.nack(messages[0]!);
    const again = await inbox.nth(2);
    expect(textOf(again)).toBe('a');
    expect(again.fields.redelivered).toBe(true);
    await channel.close();
  });

  it('that is nacked with `multiple` comes again with all before it', async () => {
    const { queue, channel, inbox, messages } = await delivered(type, 'a', 'b', 'c');
    channel.nack(messages[1]!, true);
    await inbox.nth(5);
    const again = messages.slice(3);
    expect(again.map(textOf).toSorted()).toEqual(['a', 'b']);
    expect(again.map(({ fields }) => fields.redelivered)).toEqual([true, true]);
    channel.ackAll();
    await expect(leftAfterClosing(channel, queue, 0)).resolves.toEqual([]);
  });

  it('that is nacked without requeue is gone, where there are no dead letters', async () => {
    const { queue, channel, messages } = await delivered(type, 'a', 'b', 'c');
    channel.nack(messages[1]!, true, false);
    await expect(leftAfterClosing(channel, queue, 1)).resolves.toEqual(['c']);
  });

  it('comes again, marked as redelivered, when its channel closes', async () => {
    const { queue, channel, messages } = await delivered(type, 'a', 'b', 'c');
    channel.ack(messages[0]!);
    await channel.close();
    const next = await broker.newChannel();
    const inbox = await broker.consume(next, queue);
    await inbox.nth(2);
    expect(inbox.received.map((message) => textOf(message!))).toEqual(['b', 'c']);
    expect(inbox.received.map((message) => message!.fields.redelivered)).toEqual([true, true]);
    await next.close();
  });

  it('comes again when its connection is cut', async () => {
    const queue = await broker.queueOf(type);
    await broker.send(queue, 'a');
    const proxy = await FaultProxy.before(given('RABBITMQ_URL'));
    const connection = await broker.newConnection(proxy.url);
    const cutOff = await broker.consume(await connection.createChannel(), queue);
    await cutOff.nth(1);
    const channel = await broker.newChannel();
    const inbox = await broker.consume(channel, queue);
    await proxy.close();
    expect((await inbox.nth(1)).fields.redelivered).toBe(true);
    await channel.close();
  });

  it('that is not settled comes again on recover', async () => {
    const { channel, inbox, messages } = await delivered(type, 'a', 'b', 'c');
    channel.ack(messages[1]!);
    await channel.recover();
    await inbox.nth(5);
    const again = messages.slice(3);
    expect(again.map(textOf).toSorted()).toEqual(['a', 'c']);
    expect(again.map(({ fields }) => fields.redelivered)).toEqual([true, true]);
    await channel.close();
  });

  it('that is acked twice closes the channel with 406, and it alone', async () => {
    const { queue, channel, messages } = await delivered(type, 'a', 'b');
    const neighbour = await broker.newChannel();
    const closed = closedByBroker(channel);
    channel.ack(messages[0]!);
    channel.ack(messages[0]!);
    const error = await closed;
    expect(error).toMatchObject({ code: 406 });
    expect(error.message).toContain('unknown delivery tag');
    await neighbour.close();
    // The first ack counts, and what was not settled is delivered again.
    await broker.hasDepth(queue, 1);
    expect(textOf(await broker.take(queue))).toBe('b');
  });
});

it.each<[limit: number | undefined, left: ByVersion<string[]>]>([
  [50, { '3.10': ['a', 'b', 'c'] }],
  [undefined, { '3.10': ['b', 'c', 'a'], '4.0': ['a', 'b', 'c'] }],
  // The limit for "no limit" loses the message on 3.10.
  [-1, { '3.10': ['b', 'c'], '4.0': ['b', 'c', 'a'], '4.3': ['a', 'b', 'c'] }],
])('a quorum queue of the delivery limit %p has a nacked message at: %j', async (limit, left) => {
  const queue = await broker.queueOf(
    'quorum',
    limit === undefined ? {} : { 'x-delivery-limit': limit },
  );
  await broker.send(queue, 'a', 'b', 'c');
  const expected = broker.since(left);
  broker.channel.nack(await eventually(() => broker.channel.get(queue)));
  await broker.hasDepth(queue, expected.length);
  await expect(broker.takeAll(queue)).resolves.toEqual(expected);
});
