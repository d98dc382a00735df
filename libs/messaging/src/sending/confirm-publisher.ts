import type { ConfirmChannel, Message } from 'amqplib';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { SupervisedChannel } from '../connection/supervised-channel.js';
import { endPublishSpan, inTraceOf, startPublishSpan } from '../tracing/publish-span.js';
import type { OutgoingMessage } from './outgoing-message.js';
import type { PublishOutcome } from './publish-outcome.js';
import { recordPublished } from './sending.metrics.js';

/**
 * Publishes on one confirm channel and tells the outcome of each message. Nothing is buffered while the
 * broker is away; what is in flight is bounded by the callers (a relay's batch, a consumer's prefetch).
 */
export class ConfirmPublisher {
  private readonly channel: SupervisedChannel<ConfirmChannel>;
  /** Returned messages of which the confirm is still to come, by {@link returnKey}. */
  private readonly returned = new Set<string>();
  private readonly readyCallbacks: (() => void)[] = [];

  /** @param setup runs on every new channel before anything is published, as to declare the topology */
  constructor(
    private readonly connection: BrokerConnection,
    private readonly confirmTimeoutMs: number,
    setup: (channel: ConfirmChannel) => Promise<void> = async () => undefined,
    onSetupError?: (error: Error) => void,
  ) {
    this.channel = new SupervisedChannel(connection, {
      name: `${connection.name}: publisher`,
      open: (model) => model.createConfirmChannel(),
      setup: async (channel) => {
        this.returned.clear();
        channel.on('return', ({ fields, properties }: Message) =>
          this.returned.add(returnKey(fields.exchange, fields.routingKey, properties.messageId)),
        );
        await setup(channel);
      },
      onReady: () => this.readyCallbacks.forEach((callback) => callback()),
      onSetupError,
    });
  }

  /** Whether a publish can be tried now. */
  get isReady(): boolean {
    return this.channel.current !== undefined && !this.connection.blocked;
  }

  /** Calls back whenever publishing becomes possible. */
  onReady(callback: () => void): void {
    this.readyCallbacks.push(callback);
  }

  start(): void {
    this.channel.start();
  }

  async stop(): Promise<void> {
    await this.channel.stop();
  }

  /** Never rejects. */
  publish(message: OutgoingMessage): Promise<PublishOutcome> {
    const channel = this.channel.current;
    if (!channel) return Promise.resolve('unavailable');
    const startedAt = performance.now();
    const span = startPublishSpan(message);
    const traced = { ...message, properties: inTraceOf(span, message.properties) };
    return new Promise<PublishOutcome>((resolve) => {
      const settle = (outcome: PublishOutcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      // A broker that blocks takes nothing off the connection: it has not refused, it is away.
      const expire = () => settle(this.connection.blocked ? 'unavailable' : 'timeout');
      const timer = setTimeout(expire, this.confirmTimeoutMs);
      this.write(channel, traced, settle);
    }).then((outcome) => {
      endPublishSpan(span, outcome);
      recordPublished(message.properties.type, outcome, (performance.now() - startedAt) / 1_000);
      return outcome;
    });
  }

  private write(
    channel: ConfirmChannel,
    { exchange, routingKey, content, properties }: OutgoingMessage,
    settle: (outcome: PublishOutcome) => void,
  ): void {
    const key = returnKey(exchange, routingKey, properties.messageId);
    const options = { ...properties, persistent: true, mandatory: true };
    try {
      channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
        // The broker sends basic.return before the confirm of the same message.
        const wasReturned = this.returned.delete(key);
        if (!error) settle(wasReturned ? 'returned' : 'confirmed');
        // The same callback reports a nack and a channel that closed with the confirm outstanding.
        else settle(error.message === 'message nacked' ? 'nacked' : 'unavailable');
      });
    } catch {
      // amqplib throws when the channel has closed since: nothing was written.
      settle('unavailable');
    }
  }
}

const returnKey = (exchange: string, routingKey: string, messageId: string) =>
  `${exchange} ${routingKey} ${messageId}`;
