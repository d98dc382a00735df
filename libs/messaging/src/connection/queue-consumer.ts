import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { answered } from './answered.js';
import type { BrokerConnection } from './broker-connection.js';
import { SupervisedChannel } from './supervised-channel.js';
import { acknowledgementOf, type Acknowledgement } from './acknowledgement.js';

export interface QueueConsumerOptions {
  readonly queue: string;
  readonly prefetch: number;
  /** Runs before consuming on every new channel. */
  declare(connection: ChannelModel): Promise<void>;
  /** Must not reject: everything that can go wrong with a message is its business. */
  onMessage(message: ConsumeMessage, acknowledgement: Acknowledgement): Promise<void>;
}

/**
 * Consumes one queue with manual acknowledgement on a channel of its own. A cancelled consumer (its
 * queue was deleted) and a channel that the server closed are set up again like a lost connection.
 */
export class QueueConsumer {
  private readonly channel: SupervisedChannel<Channel>;
  private readonly inFlight = new Set<Promise<void>>();
  /** Hands back what came after the stop began. */
  private readonly untouched: (() => void)[] = [];
  private consumerTag: string | undefined;
  private stopping = false;

  constructor(
    connection: BrokerConnection,
    private readonly options: QueueConsumerOptions,
  ) {
    this.channel = new SupervisedChannel(connection, {
      name: options.queue,
      open: (model) => model.createChannel(),
      setup: (channel, model) => this.consume(channel, model),
    });
  }

  /** Whether the broker delivers to this consumer now. */
  get isActive(): boolean {
    return this.channel.current !== undefined && !this.stopping;
  }

  /** Why it does not consume although there is a connection, as far as it is known. */
  get problem(): string | undefined {
    return this.channel.problem;
  }

  start(): void {
    this.channel.start();
  }

  /** Takes no more messages, waits for those in hand, then closes the channel. */
  async stop(): Promise<void> {
    this.stopping = true;
    const channel = this.channel.current;
    if (channel && this.consumerTag) {
      // A channel that is just closing has cancelled the consumer already.
      await answered(channel.cancel(this.consumerTag));
      // Only now: handed back to a consumer that is not cancelled, they would come again at once.
      for (const handBack of this.untouched) handBack();
    }
    await Promise.all(this.inFlight);
    await this.channel.stop();
  }

  private async consume(channel: Channel, model: ChannelModel): Promise<void> {
    const gone = new AbortController();
    channel.once('close', () => gone.abort());
    await this.options.declare(model);
    // Per consumer; a limit per channel or connection ("global") does not exist in 4.x.
    await channel.prefetch(this.options.prefetch);
    const { consumerTag } = await channel.consume(
      this.options.queue,
      (message) => {
        if (message) return this.receive(message, channel, gone.signal);
        // The broker cancelled the consumer, and may have taken back what it had: after a consumer timeout
        // RabbitMQ 4.3 answers a late acknowledgement with another delivery to the cancelled consumer.
        gone.abort();
        // Closing makes the supervisor set everything up again.
        channel.close().catch(() => undefined);
      },
      { noAck: false },
    );
    this.consumerTag = consumerTag;
  }

  private receive(message: ConsumeMessage, channel: Channel, gone: AbortSignal): void {
    if (this.stopping) {
      // By a nack, which RabbitMQ 4.3 does not count as a failed delivery, as it does a channel that closes.
      this.untouched.push(() => gone.aborted || channel.nack(message, false, true));
      return;
    }
    const acknowledgement = acknowledgementOf(message, channel, gone);
    const handled = this.options.onMessage(message, acknowledgement).finally(() => {
      this.inFlight.delete(handled);
    });
    this.inFlight.add(handled);
  }
}
