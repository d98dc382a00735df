import { Logger } from '@nestjs/common';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { BrokerConnection } from '../connection/broker-connection.js';
import { SupervisedChannel } from '../connection/supervised-channel.js';
import { ensureTopology } from '../routing/ensure-topology.js';
import type { Messaging } from '../contract/messaging.js';
import { hintExchanges } from '../routing/topology.js';
import { HINT_PROPERTIES, hintContent, hintExchangeOf } from './send-hint.js';

/** What a hint says is JSON; the subscriber checks its form, as at every boundary. */
export type HintListener = (body: unknown) => void;

/** Hints that wait for one process at most; older ones make room. */
const MAX_WAITING = 1_000;

/**
 * Hints go to every process that listens: "this has changed, look again". They are best effort. One that
 * is published or under way while the broker is away is lost, so a listener also has to
 * look by itself now and then. Nothing here ever waits, throws for a broker that is away, or buffers.
 */
export class Hints {
  private readonly logger = new Logger(Hints.name);
  private readonly connection: BrokerConnection;
  private readonly channel: SupervisedChannel<Channel>;
  private readonly listeners = new Map<string, HintListener>();
  private started = false;
  private congested = false;

  /** @param name shown in the broker's list of connections */
  constructor(
    private readonly messaging: Messaging,
    urls: string[],
    name: string,
  ) {
    this.connection = new BrokerConnection(urls, name);
    this.channel = new SupervisedChannel(this.connection, {
      name,
      open: (model) => model.createChannel(),
      setup: (channel, model) => this.setUp(channel, model),
    });
  }

  /** Sends a hint if that can be done at once. */
  publish(topic: string, body: object): void {
    const exchange = this.exchangeOf(topic);
    const channel = this.channel.current;
    if (!channel || this.connection.blocked || this.congested) return;
    try {
      this.congested = !channel.publish(exchange, '', hintContent(body), HINT_PROPERTIES);
    } catch {
      // The channel has closed since: the hint is lost, as any may be.
    }
  }

  /** Calls back with every hint of a topic. @throws Error after the start, or for a second listener */
  subscribe(topic: string, listener: HintListener): void {
    const exchange = this.exchangeOf(topic);
    if (this.started) throw new Error('hints are subscribed to before the start');
    if (this.listeners.has(exchange)) throw new Error(`'${topic}' has two listeners`);
    this.listeners.set(exchange, listener);
  }

  /** Whether hints can be sent and received now. */
  get isActive(): boolean {
    return this.channel.current !== undefined;
  }

  start(): void {
    this.started = true;
    this.connection.open();
    this.channel.start();
  }

  async stop(): Promise<void> {
    await this.channel.stop();
    await this.connection.close();
  }

  private exchangeOf(topic: string): string {
    return hintExchangeOf(this.messaging, topic);
  }

  private async setUp(channel: Channel, model: ChannelModel): Promise<void> {
    this.congested = false;
    channel.on('drain', () => (this.congested = false));
    await ensureTopology(model, hintExchanges(this.messaging));
    for (const [exchange, listener] of this.listeners) {
      // Of this process alone, gone with its connection: https://www.rabbitmq.com/docs/queues#temporary-queues
      const { queue } = await channel.assertQueue('', {
        exclusive: true,
        durable: false,
        arguments: { 'x-max-length': MAX_WAITING },
      });
      await channel.bindQueue(queue, exchange, '');
      await channel.consume(queue, (message) => this.receive(message, channel, listener), {
        noAck: true,
      });
    }
  }

  private receive(message: ConsumeMessage | null, channel: Channel, listener: HintListener): void {
    // The broker cancelled the consumer; closing makes the supervisor set everything up again.
    if (!message) return void channel.close().catch(() => undefined);
    try {
      listener(JSON.parse(message.content.toString('utf8')));
    } catch (error) {
      this.logger.warn(`a hint of ${message.fields.exchange}: ${(error as Error).message}`);
    }
  }
}
