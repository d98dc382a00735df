import type { Channel, ConsumeMessage } from 'amqplib';
import { answered } from '../connection/answered.js';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { SupervisedChannel } from '../connection/supervised-channel.js';

/** The right to settle one delivery, once, on the channel that delivered it. */
export interface Acknowledgement {
  /** Whether the channel is gone: the broker delivers the message again, and nothing may be settled here. */
  readonly isStale: boolean;
  /** Fires when the channel goes. */
  readonly onStale: AbortSignal;
  /** Without effect when stale. */
  ack(): void;
  /** Hands the message back to the queue. Without effect when stale. */
  requeue(): void;
}

export interface QueueConsumerOptions {
  readonly queue: string;
  readonly prefetch: number;
  /** Runs on every new channel before consuming. */
  declare(channel: Channel): Promise<void>;
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
  private consumerTag: string | undefined;
  private stopping = false;

  constructor(
    connection: BrokerConnection,
    private readonly options: QueueConsumerOptions,
  ) {
    this.channel = new SupervisedChannel(connection, {
      name: options.queue,
      open: (model) => model.createChannel(),
      setup: (channel) => this.consume(channel),
    });
  }

  /** Whether the broker delivers to this consumer now. */
  get isActive(): boolean {
    return this.channel.current !== undefined && !this.stopping;
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
    }
    await Promise.all(this.inFlight);
    await this.channel.stop();
  }

  private async consume(channel: Channel): Promise<void> {
    const gone = new AbortController();
    channel.once('close', () => gone.abort());
    await this.options.declare(channel);
    // Per consumer; a limit per channel or connection ("global") does not exist in 4.x.
    await channel.prefetch(this.options.prefetch);
    const { consumerTag } = await channel.consume(
      this.options.queue,
      (message) => {
        if (message) this.receive(message, channel, gone.signal);
        // The broker cancelled the consumer; closing makes the supervisor set everything up again.
        else channel.close().catch(() => undefined);
      },
      { noAck: false },
    );
    this.consumerTag = consumerTag;
  }

  private receive(message: ConsumeMessage, channel: Channel, gone: AbortSignal): void {
    // What arrives while the cancel is on its way is left unacknowledged: the broker requeues it.
    if (this.stopping) return;
    const acknowledgement: Acknowledgement = {
      get isStale() {
        return gone.aborted;
      },
      onStale: gone,
      ack: () => {
        if (!gone.aborted) channel.ack(message);
      },
      requeue: () => {
        if (!gone.aborted) channel.nack(message, false, true);
      },
    };
    const handled = this.options.onMessage(message, acknowledgement).finally(() => {
      this.inFlight.delete(handled);
    });
    this.inFlight.add(handled);
  }
}
