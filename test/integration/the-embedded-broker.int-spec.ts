import { usherMessaging } from '#libs/contracts';
import { Logger } from '@nestjs/common';
import { BrokerConnection, ConfirmPublisher, type PublishOutcome } from '#libs/messaging';
import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { once } from 'node:events';
import {
  EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../tools/embedded-stack/src/parts/broker/embedded-broker.js';
import { methodFrame, opening, RawAmqpClient } from '../support/raw-amqp-client.js';
import { eventually } from '../support/eventually.js';

const KIB = 1_024;

let broker: EmbeddedBroker;
let connections: ChannelModel[];

async function start(options: EmbeddedBrokerOptions = {}): Promise<void> {
  broker = await EmbeddedBroker.start(options);
}

async function newConnection(): Promise<ChannelModel> {
  const connection = await connect(broker.url);
  connection.on('error', () => undefined);
  connections.push(connection);
  return connection;
}

const newChannel = async () => (await newConnection()).createConfirmChannel();

beforeEach(() => {
  connections = [];
});

afterEach(async () => {
  await broker?.close();
});

const depth = async (channel: Channel, queue: string) =>
  (await channel.checkQueue(queue)).messageCount;

describe('the embedded broker', () => {
  it('does not start in production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(EmbeddedBroker.start()).rejects.toThrow('RABBITMQ_URL');
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('names a port that is taken', async () => {
    await start();
    const port = Number(new URL(broker.url).port);
    await expect(EmbeddedBroker.start({ port })).rejects.toThrow(`127.0.0.1:${port}`);
  });

  it('listens on this machine only', async () => {
    await start();
    expect(new URL(broker.url).hostname).toBe('127.0.0.1');
    const elsewhere = broker.url.replace('127.0.0.1', '127.0.0.2');
    await expect(RawAmqpClient.connect(elsewhere)).rejects.toThrow('ECONNREFUSED');
  });

  it('tells its clients that it ends', async () => {
    await start();
    const connection = await newConnection();
    const ended = once(connection, 'close');
    await broker.close();
    await expect(ended).resolves.toMatchObject([{ code: 320 }]);
  });

  it('ends a client from which nothing comes any more, as the heartbeat was agreed', async () => {
    await start();
    const client = await RawAmqpClient.connect(broker.url);
    await client.sayAndBeClosed(opening(broker.url, { heartbeat: 1 }));
    // Heartbeats came all the while, and no reason at the end.
    expect(client.received.filter((byte) => byte === 8).length).toBeGreaterThan(0);
    expect(client.closeCode).toBeUndefined();
  });
});

describe('by its faults', () => {
  beforeAll(() => Logger.overrideLogger(false));

  async function startPublisher() {
    await start();
    const channel = await newChannel();
    await channel.assertQueue('q');
    const connection = new BrokerConnection([broker.url], 'faults');
    const publisher = new ConfirmPublisher(usherMessaging, connection, 5_000);
    connection.open();
    publisher.start();
    await eventually(() => publisher.isReady);
    const publish = (messageId: string): Promise<PublishOutcome> =>
      publisher.publish({
        exchange: '',
        routingKey: 'q',
        content: Buffer.from(messageId),
        properties: { messageId },
      });
    const close = async () => {
      await publisher.stop();
      await connection.close();
    };
    return { channel, publisher, publish, close };
  }

  it('it refuses confirms, and keeps nothing of what it refused', async () => {
    const { channel, publish, close } = await startPublisher();
    broker.faults.refuseConfirms = true;
    await expect(publish('one')).resolves.toBe('nacked');
    broker.faults.refuseConfirms = false;
    await expect(publish('two')).resolves.toBe('confirmed');
    await expect(depth(channel, 'q')).resolves.toBe(1);
    await close();
  });

  it('it drops all connections, and takes them again', async () => {
    const { publisher, publish, close } = await startPublisher();
    broker.dropConnections();
    await eventually(() => !publisher.isReady);
    await eventually(() => publisher.isReady);
    await expect(publish('one')).resolves.toBe('confirmed');
    await close();
  });

  it('it answers late, and in order', async () => {
    const { channel, publish, close } = await startPublisher();
    broker.faults.delayMs = 100;
    const sentAt = performance.now();
    await expect(Promise.all([publish('one'), publish('two')])).resolves.toEqual([
      'confirmed',
      'confirmed',
    ]);
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(95);
    broker.faults.delayMs = 0;
    const bodies = [await channel.get('q'), await channel.get('q')];
    expect(bodies.map((message) => message && message.content.toString())).toEqual(['one', 'two']);
    await close();
  });
});

describe('when the queues hold more than the memory limit', () => {
  const LIMIT = 256 * KIB;
  const BODY = Buffer.alloc(16 * KIB);

  /** Publishes until the broker asks it to stop. */
  async function publishUntilBlocked(): Promise<{
    connection: ChannelModel;
    channel: ConfirmChannel;
  }> {
    await start({ memoryLimitBytes: LIMIT });
    const connection = await newConnection();
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('q');
    let blocked = '';
    connection.on('blocked', (reason: string) => (blocked = reason));
    await eventually(() => {
      if (!blocked) channel.sendToQueue('q', BODY);
      return blocked === 'low on memory';
    });
    return { connection, channel };
  }

  it('those who publish are blocked until there is room, and nothing is lost', async () => {
    const { connection, channel } = await publishUntilBlocked();
    let confirmed = false;
    channel.sendToQueue('q', Buffer.from('the last'), {}, () => (confirmed = true));

    const unblocked = once(connection, 'unblocked');
    const reader = await newChannel();
    expect(broker.usedBytes).toBeGreaterThan(LIMIT);
    expect(broker.usedBytes).toBeLessThan(LIMIT + 4 * BODY.length);
    expect(confirmed).toBe(false);
    const bodies: Buffer[] = [];
    await reader.consume('q', (message) => bodies.push(message!.content), { noAck: true });
    await unblocked;
    await eventually(() => bodies.at(-1)?.equals(Buffer.from('the last')));
    await channel.waitForConfirms();
    expect(confirmed).toBe(true);
    expect(broker.usedBytes).toBe(0);
  });

  it('those who only consume and acknowledge are not', async () => {
    await publishUntilBlocked();
    const reader = await newChannel();
    const message = await reader.get('q');
    if (!message) throw new Error('nothing there');
    reader.ack(message);
    await expect(reader.checkQueue('q')).resolves.toMatchObject({ consumerCount: 0 });
  });
});

it('a consumer that does not read leaves the messages in the queue', async () => {
  await start();
  const channel = await newChannel();
  await channel.assertQueue('q');
  const MESSAGES = 600;
  const body = Buffer.alloc(64 * KIB);
  const client = await RawAmqpClient.connect(broker.url);
  client.socket.write(opening(broker.url));
  client.socket.write(
    methodFrame(1, 'basic.consume', {
      reserved1: 0,
      queue: 'q',
      consumerTag: 'slow',
      noLocal: false,
      noAck: true,
      exclusive: false,
      noWait: false,
      arguments: new Map(),
    }),
  );
  await eventually(() => client.methods.some(({ name }) => name === 'basic.consume-ok'));
  client.socket.pause();
  for (let sent = 0; sent < MESSAGES; sent++) channel.sendToQueue('q', body);
  await channel.waitForConfirms();
  // What the kernel's buffers hold is gone; the larger part has to be where memory is counted.
  const left = await depth(channel, 'q');
  expect(left).toBeGreaterThan(MESSAGES / 4);
  expect(broker.usedBytes).toBeGreaterThan(left * body.length);
  client.socket.resume();
  await eventually(() => client.receivedBytes > MESSAGES * body.length);
  await expect(depth(channel, 'q')).resolves.toBe(0);
  client.destroy();
});
