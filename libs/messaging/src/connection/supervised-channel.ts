import { Logger } from '@nestjs/common';
import type { Channel, ChannelModel } from 'amqplib';
import { Backoff } from '#libs/service-defaults';
import { answered } from './answered.js';
import type { BrokerConnection } from './broker-connection.js';
import { explainBrokerError } from './explain-broker-error.js';

/** The same reason for a failure is logged this often. */
const SAME_REASON_EVERY_MS = 60_000;

/** How a channel is opened and made ready for use. */
export interface ChannelRecipe<C extends Channel> {
  readonly name: string;
  open(connection: ChannelModel): Promise<C>;
  /** Runs on every new channel before it counts as ready; a rejection closes it, and it is tried again. */
  setup(channel: C, connection: ChannelModel): Promise<void>;
  /** The channel is {@link SupervisedChannel.current} now. */
  onReady?(): void;
  /** A setup that failed for another reason than a lost connection. */
  onSetupError?(error: Error): void;
}

/**
 * A channel that is opened again after the connection was lost **and** after the server closed the
 * channel alone, which amqp-connection-manager does not do.
 */
export class SupervisedChannel<C extends Channel> {
  private readonly logger = new Logger(SupervisedChannel.name);
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff(100, 5_000);
  private channel: C | undefined;
  private failure: string | undefined;
  private logged: { readonly reason: string; readonly at: number } | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly connection: BrokerConnection,
    private readonly recipe: ChannelRecipe<C>,
  ) {}

  /** The channel when it is set up and open, else undefined. */
  get current(): C | undefined {
    return this.channel;
  }

  /** Why there is no channel although there is a connection; undefined while there is one, or no reason is known. */
  get problem(): string | undefined {
    return this.channel ? undefined : this.failure;
  }

  start(): void {
    this.running ??= this.supervise();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await answered(this.end());
  }

  private async end(): Promise<void> {
    // One that the server has closed already cannot be closed again.
    await this.channel?.close().catch(() => undefined);
    await this.running;
  }

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const model = await this.connection.model(signal);
      if (!model) return;
      await this.useOneChannel(model);
      if (!signal.aborted) await this.backoff.wait(signal);
    }
  }

  /** Resolves when the channel is closed, whoever closed it. */
  private async useOneChannel(model: ChannelModel): Promise<void> {
    let channel: C | undefined;
    try {
      channel = await this.recipe.open(model);
      const closed = new Promise<void>((resolve) => channel?.once('close', resolve));
      channel.on('error', (error: Error) => this.failed(error, 'the channel was closed'));
      await this.recipe.setup(channel, model);
      this.channel = channel;
      this.failure = undefined;
      this.backoff.reset();
      this.recipe.onReady?.();
      if (this.stopping.signal.aborted) await answered(channel.close());
      await closed;
    } catch (error) {
      this.failed(error as Error, 'the channel could not be set up');
      await answered(channel?.close());
      this.recipe.onSetupError?.(error as Error);
    } finally {
      this.channel = undefined;
    }
  }

  private failed(error: Error, what: string): void {
    const reason = explainBrokerError(error);
    const now = performance.now();
    // It is tried again every few seconds.
    const isNew = reason !== this.logged?.reason || now - this.logged.at > SAME_REASON_EVERY_MS;
    if (isNew) {
      this.logger.warn(`${this.recipe.name}: ${what}: ${reason}`);
      this.logged = { reason, at: now };
    }
    this.failure = reason;
  }
}
