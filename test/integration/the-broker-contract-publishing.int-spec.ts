import type { Message } from 'amqplib';
import { eventually } from '../support/eventually.js';
import { BrokerSandbox, closedByBroker, QUEUE_TYPES, textOf } from '../support/broker-sandbox.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

describe('a published message', () => {
  it.each(QUEUE_TYPES)('is confirmed and in the %s queue', async (type) => {
    const queue = await broker.queueOf(type);
    await broker.publish('', queue, 'hello');
    expect(textOf(await broker.take(queue))).toBe('hello');
  });

  it.each(QUEUE_TYPES)(
    'is confirmed once, among a thousand on their way to a %s queue',
    async (type) => {
      const queue = await broker.queueOf(type);
      const confirms = Array.from({ length: 1_000 }, () => 0);
      for (const number of confirms.keys()) {
        const confirmed = () => confirms[number]!++;
        broker.channel.publish('', queue, Buffer.from(`${number}`), {}, confirmed);
      }
      await broker.channel.waitForConfirms();
      expect(new Set(confirms)).toEqual(new Set([1]));
      await broker.hasDepth(queue, 1_000);
      // One publisher, one queue, one consumer: the order stays.
      const inbox = await broker.consume(broker.channel, queue, undefined, { noAck: true });
      await inbox.nth(1_000);
      expect(inbox.received.map((message) => Number(textOf(message!)))).toEqual([
        ...confirms.keys(),
      ]);
      await broker.channel.cancel(inbox.tag);
    },
  );

  it.each(QUEUE_TYPES)('arrives from a %s queue with all its properties', async (type) => {
    const queue = await broker.queueOf(type);
    const properties = {
      contentType: 'application/cloudevents+json',
      contentEncoding: 'utf-8',
      correlationId: 'request-1',
      replyTo: 'somebody',
      messageId: '01890a5d-ac96-774b-bcce-b302099a8057',
      timestamp: 1_767_225_600,
      type: 'user.registered.v1',
      appId: 'api',
      priority: 3,
      headers: {
        text: 'Grüße, 深圳 🦊',
        number: 7,
        negative: -70_000,
        large: 2 ** 40,
        fraction: 0.5,
        yes: true,
        nothing: null,
        list: ['one', 2, false],
        table: { inner: { text: 'deep' } },
      },
    };
    await broker.publish('', queue, 'hello', properties);
    const message = await broker.take(queue);
    expect(message.properties).toMatchObject({ ...properties, deliveryMode: 2 });
    expect(message.fields).toMatchObject({ exchange: '', routingKey: queue, redelivered: false });
  });

  // A frame holds 4 KiB to 128 KiB, so these go in none, in one and in many.
  it.each([0, 1, 4_088, 4_096, 131_064, 131_072, 1_000_000])(
    'has its body of %d bytes back',
    async (size) => {
      const queue = await broker.queue();
      const body = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
      broker.channel.publish('', queue, body);
      await broker.channel.waitForConfirms();
      expect((await broker.take(queue)).content.equals(body)).toBe(true);
    },
  );

  it('closes the channel with 404, and it alone, when its exchange is missing', async () => {
    const channel = await broker.newChannel();
    const closed = closedByBroker(channel);
    channel.publish(`${broker.queueName()}.missing`, 'key', Buffer.from('hello'));
    await expect(closed).resolves.toMatchObject({ code: 404 });
    await (await broker.newChannel()).close();
  });
});

describe('a message that no queue takes', () => {
  it('is confirmed without a word when it is not mandatory', async () => {
    const exchange = await broker.exchange('topic');
    await broker.publish(exchange, 'nobody.listens', 'hello');
  });

  it('comes back whole when it is mandatory', async () => {
    const exchange = await broker.exchange('topic');
    const returned: Message[] = [];
    broker.channel.once('return', (message) => returned.push(message));
    await broker.publish(exchange, 'nobody.listens', 'hello', {
      mandatory: true,
      messageId: 'one',
      headers: { attempt: 1 },
    });
    expect(returned).toMatchObject([
      {
        fields: { replyCode: 312, exchange, routingKey: 'nobody.listens' },
        properties: { messageId: 'one', headers: { attempt: 1 } },
      },
    ]);
    expect(textOf(returned[0]!)).toBe('hello');
  });

  it('comes back before its own confirm, among others that do not come back', async () => {
    const exchange = await broker.exchange('direct');
    const queue = await broker.queueOf('quorum');
    await broker.channel.bindQueue(queue, exchange, 'taken');
    const channel = await broker.connection.createConfirmChannel();
    const happened: string[] = [];
    channel.on('return', ({ properties }) => happened.push(`returned ${properties.messageId}`));
    const ids = Array.from({ length: 200 }, (_, index) => index);
    for (const id of ids) {
      const key = id % 2 === 0 ? 'taken' : 'left';
      const options = { mandatory: true, messageId: `${id}` };
      channel.publish(exchange, key, Buffer.from('hello'), options, () =>
        happened.push(`confirmed ${id}`),
      );
    }
    await channel.waitForConfirms();
    const order = new Map(happened.map((what, index) => [what, index]));
    expect(order.size).toBe(300);
    for (const id of ids.filter((each) => each % 2 === 1)) {
      expect(order.get(`returned ${id}`)).toBeLessThan(order.get(`confirmed ${id}`)!);
    }
    await broker.hasDepth(queue, 100);
    await channel.close();
  });
});

describe('a queue that is full and rejects', () => {
  // Of messages on their way together a quorum queue takes up to some hundred more before it refuses.
  it.each([
    ['classic', { taken: 10, refusesDownTo: 10 }],
    ['quorum', { taken: 11, refusesDownTo: 9 }],
  ] as const)(
    'nacks what a %s queue of 10 cannot hold, until there is room: %j',
    async (type, { taken, refusesDownTo }) => {
      const limits = { 'x-max-length': 10, 'x-overflow': 'reject-publish' };
      const queue = await broker.queueOf(type, limits);
      const isTaken = () =>
        broker.publish('', queue, 'one more').then(
          () => true,
          ({ message }: Error) => message !== 'message nacked',
        );
      let count = 0;
      while (await isTaken()) count++;
      expect(count).toBe(taken);
      await broker.hasDepth(queue, taken);
      for (let left = taken; left > refusesDownTo; left--) await broker.take(queue);
      await expect(isTaken()).resolves.toBe(false);
      await broker.take(queue);
      await eventually(isTaken);
    },
  );
});
