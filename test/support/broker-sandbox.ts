import {
  connect,
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  type GetMessage,
  type Options,
} from 'amqplib';
import { once } from 'node:events';
import { since, type ByVersion } from './broker-version.js';
import { given } from './environment.js';
import { eventually } from './eventually.js';
import { randomName } from './random-name.js';

/** Messages, or null for the end of the consumer, in the order in which they came. */
export interface Inbox {
  readonly tag: string;
  readonly received: (ConsumeMessage | null)[];
  /** Waits until so many came, and answers the last of them. */
  nth(count: number): Promise<ConsumeMessage>;
}

/** The two types of queues that Usher declares. */
export const QUEUE_TYPES = ['classic', 'quorum'] as const;
export type QueueType = (typeof QUEUE_TYPES)[number];

/** Plain amqplib on names that no other test shares; `close` deletes all that was declared here. */
export class BrokerSandbox {
  private readonly prefix = `contract-${randomName()}`;
  private readonly queues: string[] = [];
  private readonly exchanges: string[] = [];
  private readonly others = new Set<ChannelModel>();

  private constructor(
    readonly connection: ChannelModel,
    /** For tests that do not make the broker close it. */
    readonly channel: ConfirmChannel,
  ) {}

  static async open(): Promise<BrokerSandbox> {
    const connection = await connect(given('RABBITMQ_URL'));
    return new BrokerSandbox(connection, await connection.createConfirmChannel());
  }

  /** What holds for this broker, where versions of RabbitMQ differ; the embedded broker names the one it follows. */
  since<T>(byVersion: ByVersion<T>): T {
    return since(this.connection.connection.serverProperties.version, byVersion);
  }

  /** One that a test may close or lose; what is left of them is closed at the end. */
  async newConnection(url = given('RABBITMQ_URL')): Promise<ChannelModel> {
    const connection = await connect(url);
    this.others.add(connection);
    connection.on('error', () => undefined);
    connection.once('close', () => this.others.delete(connection));
    return connection;
  }

  /** A channel that the broker may close. */
  async newChannel(): Promise<Channel> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined); // The test asks for the reason itself.
    return channel;
  }

  /** The name of a queue that is deleted at the end, if it is there. */
  queueName(): string {
    const name = `${this.prefix}.queue-${this.queues.length}`;
    this.queues.push(name);
    return name;
  }

  async queue(args: object = {}, options: Options.AssertQueue = {}): Promise<string> {
    const name = this.queueName();
    await this.channel.assertQueue(name, { durable: true, arguments: args, ...options });
    return name;
  }

  queueOf(type: QueueType, args: object = {}): Promise<string> {
    return this.queue({ 'x-queue-type': type, ...args });
  }

  async exchange(type: string): Promise<string> {
    const name = `${this.prefix}.exchange-${this.exchanges.length}`;
    this.exchanges.push(name);
    await this.channel.assertExchange(name, type, { durable: true });
    return name;
  }

  /** Resolves with the confirm. @throws Error `message nacked` */
  publish(exchange: string, key: string, body: string, options: Options.Publish = {}) {
    return new Promise<void>((resolve, reject) => {
      const confirm = (error: Error | null) => (error ? reject(error) : resolve());
      const sent = { persistent: true, ...options };
      this.channel.publish(exchange, key, Buffer.from(body), sent, confirm);
    });
  }

  /** One after the other, so that they have an order. */
  async send(queue: string, ...bodies: string[]): Promise<void> {
    for (const body of bodies) await this.publish('', queue, body);
  }

  async consume(
    channel: Channel,
    queue: string,
    onMessage: (message: ConsumeMessage) => void = () => undefined,
    options: Options.Consume = {},
  ): Promise<Inbox> {
    const received: (ConsumeMessage | null)[] = [];
    const take = (message: ConsumeMessage | null) => {
      received.push(message);
      if (message) onMessage(message);
    };
    const { consumerTag } = await channel.consume(queue, take, options);
    return {
      tag: consumerTag,
      received,
      nth: (count) => eventually(() => received[count - 1] ?? undefined),
    };
  }

  /** Ready messages. */
  async depth(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  async hasDepth(queue: string, count: number): Promise<void> {
    await eventually(async () => (await this.depth(queue)) === count);
  }

  /** The next message, off the queue for good. */
  take(queue: string): Promise<GetMessage> {
    return eventually(() => this.channel.get(queue, { noAck: true }));
  }

  async takeAll(queue: string): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const message = await this.channel.get(queue, { noAck: true });
      if (!message) return bodies;
      bodies.push(textOf(message));
    }
  }

  async close(): Promise<void> {
    for (const connection of this.others) await connection.close();
    const channel = await this.connection.createChannel();
    for (const queue of this.queues) await channel.deleteQueue(queue);
    for (const exchange of this.exchanges) await channel.deleteExchange(exchange);
    await this.connection.close();
  }
}

export const textOf = ({ content }: { content: Buffer }): string => content.toString('utf8');

/** Resolves with the broker's reason once it has closed the channel. */
export async function closedByBroker(channel: Channel): Promise<Error> {
  const closed = new Promise<void>((resolve) => channel.once('close', resolve));
  const [error] = (await once(channel, 'error')) as [Error];
  await closed;
  return error;
}
