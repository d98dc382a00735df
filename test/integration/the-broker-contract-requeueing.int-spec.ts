import type { Channel, GetMessage } from 'amqplib';
import { BrokerSandbox, textOf } from '../support/broker-sandbox.js';
import { eventually } from '../support/eventually.js';

const DELIVERY_LIMIT = 3;
/** As a dead-letter queue has it. */
const FAR_AWAY = 1_000_000_000;

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** Gets the next message, as soon as it is there, and leaves it unsettled. */
const next = (channel: Channel, queue: string): Promise<GetMessage> =>
  eventually(() => channel.get(queue, { noAck: false }));

/** A queue with a delivery limit, its dead letters, and one message in it. */
async function limited() {
  const dead = await broker.queueOf('quorum');
  const queue = await broker.queueOf('quorum', {
    'x-delivery-limit': DELIVERY_LIMIT,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': dead,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  });
  await broker.send(queue, 'a');
  return { queue, dead };
}

describe('a message of a quorum queue with a delivery limit', () => {
  it('that is rejected back counts each time, and is given up past the limit', async () => {
    const { queue, dead } = await limited();
    const channel = await broker.newChannel();
    const counts: unknown[] = [];
    for (let delivery = 0; delivery <= DELIVERY_LIMIT; delivery++) {
      const message = await next(channel, queue);
      counts.push(message.properties.headers?.['x-delivery-count'] ?? 0);
      channel.reject(message, true);
    }
    const letter = await broker.take(dead);
    expect(textOf(letter)).toBe('a');
    expect(counts).toEqual([0, 1, 2, 3]);
    await expect(broker.depth(queue)).resolves.toBe(0);
    await channel.close();
  });

  it('that is rejected without requeue is given up at once, as it came', async () => {
    const { queue, dead } = await limited();
    const channel = await broker.newChannel();
    channel.reject(await next(channel, queue), false);
    const { properties } = await broker.take(dead);
    expect(properties.headers).toMatchObject({ 'x-first-death-reason': 'rejected' });
    await channel.close();
  });
});

describe('a dead letter', () => {
  it('is lost by no look at it, however many there are', async () => {
    const queue = await broker.queueOf('quorum', { 'x-delivery-limit': FAR_AWAY });
    await broker.send(queue, 'a', 'b');
    const channel = await broker.newChannel();
    for (let look = 0; look < 60; look++) {
      await next(channel, queue);
      await next(channel, queue);
      channel.nackAll(true);
    }
    await broker.hasDepth(queue, 2);
    await expect(broker.takeAll(queue)).resolves.toHaveLength(2);
    await channel.close();
  });
});

describe('a message in hand of a consumer that is cancelled', () => {
  it('goes to another one when it is handed back', async () => {
    const queue = await broker.queueOf('quorum');
    const leaving = await broker.newChannel();
    const inbox = await broker.consume(leaving, queue);
    await broker.send(queue, 'a');
    const message = await inbox.nth(1);
    await leaving.cancel(inbox.tag);
    leaving.nack(message, false, true);
    const staying = await broker.newChannel();
    expect(textOf(await (await broker.consume(staying, queue)).nth(1))).toBe('a');
    expect(inbox.received).toHaveLength(1);
    await staying.close();
    await leaving.close();
  });
});
