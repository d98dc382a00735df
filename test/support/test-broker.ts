import { usherMessaging } from '#libs/contracts';
import { connect, type Channel, type ChannelModel, type GetMessage } from 'amqplib';
import { type CloudEvent, eventMessage, type Topology } from '#libs/messaging';
import { given } from './environment.js';

/** A plain connection to the broker, to look at it from outside. */
export class TestBroker {
  private constructor(
    readonly connection: ChannelModel,
    readonly channel: Channel,
  ) {}

  static async connect(): Promise<TestBroker> {
    const connection = await connect(given('RABBITMQ_URL'));
    return new TestBroker(connection, await connection.createChannel());
  }

  /** Publishes an event as the relay does. */
  publish(event: CloudEvent): void {
    const { content, properties } = eventMessage(event, usherMessaging.names.events, event.type);
    this.channel.publish(usherMessaging.names.events, event.type, content, {
      ...properties,
      persistent: true,
    });
  }

  async depth(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  /** How many read a queue; 0 while there is none. */
  async consumers(queue: string): Promise<number> {
    const channel = await this.connection.createChannel();
    channel.on('error', () => undefined); // A queue that is not there closes the channel.
    const count = await channel.checkQueue(queue).then(
      ({ consumerCount }) => consumerCount,
      () => 0,
    );
    await channel.close().catch(() => undefined);
    return count;
  }

  /** Takes the next message off a queue. */
  async take(queue: string): Promise<GetMessage | undefined> {
    return (await this.channel.get(queue, { noAck: true })) || undefined;
  }

  async deleteAll(topology: Topology): Promise<void> {
    for (const { name } of topology.queues) await this.channel.deleteQueue(name);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
