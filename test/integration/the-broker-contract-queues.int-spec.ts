import type { Channel } from 'amqplib';
import { eventually } from '../support/eventually.js';
import { BrokerSandbox, closedByBroker, QUEUE_TYPES, textOf } from '../support/broker-sandbox.js';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** The broker refuses, closes that channel, and leaves the others of the connection alone. */
async function refused(code: number, ask: (channel: Channel) => Promise<unknown>): Promise<string> {
  const channel = await broker.newChannel();
  const neighbour = await broker.newChannel();
  const closed = closedByBroker(channel);
  const error = (await ask(channel).catch((reason: Error) => reason)) as Error;
  expect(error).toMatchObject({ code });
  await closed;
  await neighbour.close();
  await (await broker.newChannel()).close();
  return error.message;
}

const isMissing = async (queue: string) => {
  const message = await refused(404, (channel) => channel.checkQueue(queue));
  expect(message).toContain(queue);
};

describe.each(QUEUE_TYPES)('a %s queue', (type) => {
  it('can be purged of what is ready, not of what is in hand', async () => {
    const queue = await broker.queueOf(type);
    await broker.send(queue, 'in hand', 'ready', 'ready');
    const channel = await broker.newChannel();
    await eventually(() => channel.get(queue));
    await expect(channel.purgeQueue(queue)).resolves.toEqual({ messageCount: 2 });
    await broker.hasDepth(queue, 0);
    await channel.close();
    await broker.hasDepth(queue, 1);
    expect(textOf(await broker.take(queue))).toBe('in hand');
  });

  it('can be deleted with its messages', async () => {
    const queue = await broker.queueOf(type);
    await broker.send(queue, 'one', 'two');
    await broker.hasDepth(queue, 2);
    await expect(broker.channel.deleteQueue(queue)).resolves.toEqual({ messageCount: 2 });
    await isMissing(queue);
    await broker.queue({ 'x-queue-type': type });
  });

  it('that is not there can be deleted as well', async () => {
    await expect(broker.channel.deleteQueue(broker.queueName())).resolves.toEqual({
      messageCount: 0,
    });
  });

  it('may be declared again in the same way, and keeps its messages', async () => {
    const options = { durable: true, arguments: { 'x-queue-type': type, 'x-message-ttl': 60_000 } };
    const queue = broker.queueName();
    await broker.channel.assertQueue(queue, options);
    await broker.send(queue, 'kept');
    await expect(broker.channel.assertQueue(queue, options)).resolves.toMatchObject({ queue });
    await broker.hasDepth(queue, 1);
  });

  it.each([
    [{ 'x-message-ttl': 1_000 }, { 'x-message-ttl': 2_000 }, ["'x-message-ttl'", '1000', '2000']],
    [{ 'x-message-ttl': 1_000 }, {}, ["'x-message-ttl'", '1000', 'none']],
    [{}, { 'x-dead-letter-exchange': 'dlx' }, ["'x-dead-letter-exchange'", 'dlx', 'none']],
  ])('declared with %j is not changed by %j: 406 names the argument', async (has, asks, named) => {
    const queue = await broker.queueOf(type, has);
    const message = await refused(406, (channel) =>
      channel.assertQueue(queue, {
        durable: true,
        arguments: { 'x-queue-type': type, ...asks },
      }),
    );
    expect(message).toContain('inequivalent arg');
    for (const part of [queue, ...named]) expect(message).toContain(part);
  });
});

describe('a declaration is refused', () => {
  // A declaration without a type meets 'none' on 3.10 and 'classic' on 4.x; Usher always gives one.
  it('for a queue of another type', async () => {
    const queue = await broker.queueOf('classic');
    const message = await refused(406, (channel) =>
      channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } }),
    );
    expect(message).toContain("inequivalent arg 'x-queue-type'");
  });

  it('for an exchange of another type', async () => {
    const exchange = await broker.exchange('topic');
    const message = await refused(406, (channel) => channel.assertExchange(exchange, 'fanout'));
    expect(message).toContain("inequivalent arg 'type'");
    expect(message).toContain(exchange);
  });

  it('for another delivery limit', async () => {
    const queue = await broker.queueOf('quorum', { 'x-delivery-limit': 7 });
    const message = await refused(406, (channel) =>
      channel.assertQueue(queue, {
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 50 },
      }),
    );
    expect(message).toMatch(/inequivalent arg 'x-delivery-limit'.*'50'.*'7'/);
  });
});

describe('what is missing is refused with 404:', () => {
  it('a passive declare of a queue', () => isMissing(broker.queueName()));

  it('a passive declare of an exchange', async () => {
    const name = `${broker.queueName()}.exchange`;
    expect(await refused(404, (channel) => channel.checkExchange(name))).toContain(name);
  });

  it('a consumer', async () => {
    const name = broker.queueName();
    expect(await refused(404, (channel) => broker.consume(channel, name))).toContain(name);
  });

  it('a get', async () => {
    const name = broker.queueName();
    expect(await refused(404, (channel) => channel.get(name))).toContain(name);
  });

  it('a binding to an exchange', async () => {
    const [queue, name] = [await broker.queue(), `${broker.queueName()}.exchange`];
    expect(await refused(404, (channel) => channel.bindQueue(queue, name, 'key'))).toContain(name);
  });
});

describe('an exclusive queue', () => {
  it('belongs to its connection', async () => {
    const owner = await broker.newConnection();
    const queue = broker.queueName();
    const channel = await owner.createChannel();
    await channel.assertQueue(queue, { exclusive: true, durable: false });
    const message = await refused(405, (other) => broker.consume(other, queue));
    expect(message).toContain('RESOURCE_LOCKED');
    await owner.close();
  });

  it('goes with its connection, and not with its channel', async () => {
    const owner = await broker.newConnection();
    const queue = broker.queueName();
    const channel = await owner.createChannel();
    await channel.assertQueue(queue, { exclusive: true, durable: false });
    await channel.close();
    await (await owner.createChannel()).checkQueue(queue);
    await owner.close();
    await eventually(() => isMissing(queue).then(() => true));
  });
});

describe('an auto-delete queue', () => {
  it('stays until it had a consumer, and goes with the last one', async () => {
    const queue = await broker.queue({}, { autoDelete: true });
    await broker.send(queue, 'hello');
    await broker.hasDepth(queue, 1);
    const [one, other] = [await broker.newChannel(), await broker.newChannel()];
    const first = await broker.consume(one, queue);
    await broker.consume(other, queue);
    await one.cancel(first.tag);
    await broker.channel.checkQueue(queue);
    // A closed channel ends its consumers as well.
    await other.close();
    await eventually(() => isMissing(queue).then(() => true));
    await one.close();
  });
});

describe('a queue that is named by the server', () => {
  it('has a name of its own that can be used like any other', async () => {
    const channel = await broker.newChannel();
    const exchange = await broker.exchange('fanout');
    const options = { exclusive: true, durable: false };
    const { queue } = await channel.assertQueue('', options);
    const other = await channel.assertQueue('', options);
    expect(queue).not.toBe('');
    expect(other.queue).not.toBe(queue);
    await channel.bindQueue(queue, exchange, '');
    await broker.publish(exchange, '', 'hint');
    expect(textOf(await broker.take(queue))).toBe('hint');
    for (const name of [queue, other.queue]) await channel.deleteQueue(name);
    await channel.close();
  });
});
