import type { Channel, ChannelModel, ConfirmChannel, Options } from 'amqplib';
import { once } from 'node:events';
import { BrokerSandbox, closedByBroker } from '../support/broker-sandbox.js';

let broker: BrokerSandbox;
let queue: string;
let exchange: string;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
  queue = await broker.queueOf('classic');
  exchange = await broker.exchange('direct');
});

afterAll(() => broker.close());

type Ask = (channel: ConfirmChannel) => unknown;

/** The reason for which the broker closes the channel; its connection goes on. */
async function channelRefused(ask: Ask): Promise<Error> {
  const connection = await broker.newConnection();
  const channel = await connection.createConfirmChannel();
  const closed = closedByBroker(channel);
  const asked = Promise.resolve(ask(channel)).catch(() => undefined);
  const error = await closed;
  await asked;
  await connection.createChannel();
  await connection.close();
  return error;
}

/** The reason for which the broker closes the whole connection, and no other. */
async function connectionRefused(ask: Ask): Promise<Error> {
  const connection: ChannelModel = await broker.newConnection();
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  const closed = once(connection, 'error');
  const asked = Promise.resolve(ask(channel)).catch(() => undefined);
  const [error] = (await closed) as [Error];
  await asked;
  await (await broker.newChannel()).close();
  return error;
}

const declare =
  (args: object, options: Options.AssertQueue = {}): Ask =>
  (channel) =>
    channel.assertQueue(broker.queueName(), { durable: true, arguments: args, ...options });

const publish =
  (options: Options.Publish, to = ''): Ask =>
  (channel) => {
    channel.publish(to, queue, Buffer.from('hello'), options);
    return channel.waitForConfirms();
  };

const quorum = { 'x-queue-type': 'quorum' };

describe('the broker closes the channel with', () => {
  it.each<[code: number, what: string, named: string, ask: Ask]>([
    [406, 'a TTL that is a text', 'x-message-ttl', declare({ 'x-message-ttl': 'long' })],
    [406, 'a TTL below 0', 'x-message-ttl', declare({ 'x-message-ttl': -1 })],
    [406, 'a life of 0', 'x-expires', declare({ 'x-expires': 0 })],
    [406, 'a length below 0', 'x-max-length', declare({ 'x-max-length': -1 })],
    [406, 'an unknown overflow', 'x-overflow', declare({ 'x-overflow': 'spill' })],
    [406, 'an unknown type of queue', 'x-queue-type', declare({ 'x-queue-type': 'heap' })],
    [406, 'a letter key alone', 'x-dead-letter', declare({ 'x-dead-letter-routing-key': 'k' })],
    [406, 'a delivery limit, classic', 'x-delivery-limit', declare({ 'x-delivery-limit': 2 })],
    [406, 'an exclusive quorum queue', 'exclusive', declare(quorum, { exclusive: true })],
    [406, 'a transient quorum queue', 'non-durable', declare(quorum, { durable: false })],
    [406, 'a quorum queue that goes', 'auto-delete', declare(quorum, { autoDelete: true })],
    [406, 'a bad expiration', 'expiration', publish({ expiration: 'soon' })],
    [406, 'the name of another user', 'user_id', publish({ userId: 'somebody' })],
    [406, 'replies without a consumer', 'reply', publish({ replyTo: 'amq.rabbitmq.reply-to' })],
    [406, 'replies to be acknowledged', 'reply', (c) => c.consume('amq.rabbitmq.reply-to', noop)],
    [
      406,
      'an ack of nothing',
      'delivery tag',
      (c) => c.ack({ fields: { deliveryTag: 7 } } as never),
    ],
    [
      406,
      'an unknown x-match',
      'x-match',
      (c) => c.bindQueue(queue, 'amq.headers', '', { 'x-match': 'most' }),
    ],
    [
      405,
      'a queue that is not exclusive',
      'RESOURCE_LOCKED',
      (c) => c.assertQueue(queue, { exclusive: true }),
    ],
    [404, 'a publish to nowhere', 'no exchange', publish({}, 'contract-nowhere')],
    [
      404,
      'a binding of no queue',
      'no queue',
      (c) => c.bindQueue('contract-nowhere', exchange, ''),
    ],
    [403, 'a reserved queue name', 'amq.', (c) => c.assertQueue('amq.mine')],
    [403, 'a reserved exchange name', 'amq.', (c) => c.assertExchange('amq.mine', 'direct')],
    [403, 'the end of a system exchange', 'amq.direct', (c) => c.deleteExchange('amq.direct')],
    [403, 'a binding to the default exchange', 'default', (c) => c.bindQueue(queue, '', 'k')],
  ])('%d for %s, and names %p', async (code, _, named, ask) => {
    const error = await channelRefused(ask);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(named);
  });

  it('403 for a second consumer of a queue that one has for itself', async () => {
    const holder = await broker.newChannel();
    await holder.consume(queue, noop, { exclusive: true });
    await expect(channelRefused((c) => c.consume(queue, noop))).resolves.toMatchObject({
      code: 403,
    });
    await holder.close();
  });

  it('406 for the end of a queue that is in use, or not empty, when it must not be', async () => {
    const kept = await broker.queueOf('classic');
    await broker.send(kept, 'kept');
    const ifEmpty = (channel: Channel) => channel.deleteQueue(kept, { ifEmpty: true });
    await expect(channelRefused(ifEmpty)).resolves.toMatchObject({ code: 406 });
    const holder = await broker.newChannel();
    await holder.consume(kept, noop);
    const ifUnused = (channel: Channel) => channel.deleteQueue(kept, { ifUnused: true });
    await expect(channelRefused(ifUnused)).resolves.toMatchObject({ code: 406 });
    await holder.close();
  });
});

describe('the broker closes the connection with', () => {
  it('530 for a consumer tag that is taken', async () => {
    const ask = async (channel: Channel) => {
      await channel.consume(queue, noop, { consumerTag: 'mine' });
      await channel.consume(queue, noop, { consumerTag: 'mine' });
    };
    await expect(connectionRefused(ask)).resolves.toMatchObject({ code: 530 });
  });

  it.each(['ifEmpty', 'ifUnused'])(
    '540 for a quorum queue that is to be deleted only %s',
    async (condition) => {
      const kept = await broker.queueOf('quorum');
      const ask = (channel: Channel) => channel.deleteQueue(kept, { [condition]: true });
      await expect(connectionRefused(ask)).resolves.toMatchObject({ code: 540 });
    },
  );
});

it('an exchange of an unknown type closes the connection before 4.0, the channel since', async () => {
  const ask = (channel: Channel) => channel.assertExchange(`${queue}.exchange`, 'unheard-of');
  const [refusal, code] = broker.since<[typeof channelRefused, number]>({
    '3.10': [connectionRefused, 503],
    '4.0': [channelRefused, 406],
  });
  const error = await refusal(ask);
  expect(error).toMatchObject({ code });
  expect(error.message).toContain("exchange type 'unheard-of'");
});

function noop(): void {}
