import { IllegalOperationError, type ConfirmChannel, type Message } from 'amqplib';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { explainBrokerError } from '../connection/explain-broker-error.js';
import { SupervisedChannel } from '../connection/supervised-channel.js';
import { within } from '../connection/within.js';
import type { Messaging } from '../contract/messaging.js';
import type { DeclaredTopology } from '../routing/declared-topology.js';
import { endPublishSpan, inTraceOf, startPublishSpan } from './publish-span.js';
import type { OutgoingMessage, PublishOutcome } from './outgoing-message.js';
import { SendingMetrics } from './sending.metrics.js';
import { TopologyRestoration } from './topology-restoration.js';

const ACCESS_REFUSED = 403;

/**
 * Publishes on one confirm channel and tells the outcome of each message. Nothing is buffered while the
 * broker is away; what is in flight is bounded by the callers (a relay's batch, a consumer's prefetch).
 */
export class ConfirmPublisher {
  private readonly channel: SupervisedChannel<ConfirmChannel>;
  /** Returned messages of which the confirm is still to come, by {@link returnKey}. */
  private readonly returned = new Set<string>();
  private readonly readyCallbacks: (() => void)[] = [];
  private readonly restoration: TopologyRestoration | undefined;
  private readonly stopping = new AbortController();
  private readonly metrics: SendingMetrics;
  /** Exchange and key of what was returned last. */
  private readonly unroutable = new Set<string>();
  /** Which permission the last publish lacked; nothing was confirmed since. */
  private refusal: string | undefined;

  /** @param topology is declared on every new connection before anything is published, and again when a queue is gone */
  constructor(
    messaging: Messaging,
    private readonly connection: BrokerConnection,
    private readonly confirmTimeoutMs: number,
    topology?: DeclaredTopology,
    onSetupError?: (error: Error) => void,
  ) {
    this.metrics = new SendingMetrics(messaging);
    const { signal } = this.stopping;
    this.restoration = topology && new TopologyRestoration(connection, topology, signal);
    this.channel = new SupervisedChannel(connection, {
      name: `${connection.name}: publisher`,
      open: (model) => model.createConfirmChannel(),
      setup: async (channel, model) => {
        this.returned.clear();
        channel.on('return', ({ fields, properties }: Message) =>
          this.returned.add(returnKey(fields.exchange, fields.routingKey, properties.messageId)),
        );
        channel.on('error', (error: Error & { code?: number }) => {
          if (error.code === ACCESS_REFUSED) this.refusal = explainBrokerError(error);
        });
        await topology?.prepare(model, signal);
        // What had vanished is declared again; what has not is found by the next publish.
        if (topology) this.unroutable.clear();
      },
      onReady: () => this.readyCallbacks.forEach((callback) => callback()),
      onSetupError,
    });
  }

  /** Whether a publish can be tried now. */
  get isReady(): boolean {
    return this.channel.current !== undefined && !this.connection.blocked;
  }

  /** Why messages do not get where they should although there is a connection, or undefined when they do. */
  get problem(): string | undefined {
    const [destination] = this.unroutable;
    if (destination !== undefined) {
      return this.restoration?.problem ?? `no queue takes what is published (${destination})`;
    }
    return this.refusal ?? this.channel.problem;
  }

  /** Waits for a channel that is being set up, for so long at most; not for a broker that is away or refuses. */
  async prepared(timeoutMs: number): Promise<void> {
    const isBeingSetUp = this.connection.isConnected && !this.channel.current && !this.problem;
    if (!isBeingSetUp) return;
    const ready = new Promise<void>((resolve) => this.onReady(resolve));
    await within(timeoutMs, ready).catch(() => undefined);
  }

  /** Calls back whenever publishing becomes possible. */
  onReady(callback: () => void): void {
    this.readyCallbacks.push(callback);
  }

  start(): void {
    this.channel.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.channel.stop();
  }

  /** Never rejects. */
  async publish(message: OutgoingMessage): Promise<PublishOutcome> {
    const outcome = await this.send(message);
    const destination = `${message.exchange || 'the default exchange'}: ${message.routingKey}`;
    if (outcome === 'confirmed') {
      this.refusal = undefined;
      const isBack = this.unroutable.delete(destination);
      if (isBack && this.unroutable.size === 0) this.restoration?.reset();
    } else if (outcome === 'returned') {
      this.unroutable.add(destination);
      await this.restoration?.restore();
    }
    return outcome;
  }

  private send(message: OutgoingMessage): Promise<PublishOutcome> {
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
      const seconds = (performance.now() - startedAt) / 1_000;
      this.metrics.record(message.properties.type, outcome, seconds);
      return outcome;
    });
  }

  private write(
    channel: ConfirmChannel,
    { exchange, routingKey, content, properties, mandatory = true }: OutgoingMessage,
    settle: (outcome: PublishOutcome) => void,
  ): void {
    const key = returnKey(exchange, routingKey, properties.messageId);
    const options = { ...properties, persistent: true, mandatory };
    try {
      channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
        // The broker sends basic.return before the confirm of the same message.
        const wasReturned = this.returned.delete(key);
        if (!error) settle(wasReturned ? 'returned' : 'confirmed');
        // The same callback reports a nack and a channel that closed with the confirm outstanding.
        else settle(error.message === 'message nacked' ? 'nacked' : 'unavailable');
      });
    } catch (error) {
      // Nothing was written: the channel has closed since, or AMQP has no form for a property.
      settle(error instanceof IllegalOperationError ? 'unavailable' : 'unencodable');
    }
  }
}

const returnKey = (exchange: string, routingKey: string, messageId: string) =>
  `${exchange} ${routingKey} ${messageId}`;
