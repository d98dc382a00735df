import { Logger } from '@nestjs/common';
import { AmqpConnectionManagerClass, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ChannelModel } from 'amqplib';
import { once } from 'node:events';
import { answered } from './answered.js';
import { explainBrokerError } from './explain-broker-error.js';
import { connectionOptions, HEARTBEAT_SECONDS } from './open-connection.js';

const RECONNECT_SECONDS = 1;

/**
 * One AMQP connection that is made again whenever it is lost, to the next node of the list.
 * It never throws for a broker that is away; channels are opened on it by {@link SupervisedChannel}.
 */
export class BrokerConnection {
  private readonly logger = new Logger(BrokerConnection.name);
  private readonly manager: AmqpConnectionManager;
  private lastError = 'not connected yet';
  /** The broker asked publishers to pause: https://www.rabbitmq.com/docs/connection-blocked */
  blocked = false;

  /** @param name shown in the broker's list of connections */
  constructor(
    readonly urls: string[],
    readonly name: string,
  ) {
    this.manager = new AmqpConnectionManagerClass(
      urls.map((url) => ({ url, connectionOptions: connectionOptions(url, name) })),
      { heartbeatIntervalInSeconds: HEARTBEAT_SECONDS, reconnectTimeInSeconds: RECONNECT_SECONDS },
    );
    this.manager.on('connect', () => {
      this.blocked = false;
      this.logger.log(`${name}: connected to the broker`);
    });
    this.manager.on('connectFailed', ({ err, url }) => this.lost(err, url));
    this.manager.on('disconnect', ({ err }) => this.lost(err));
    this.manager.on('blocked', ({ reason }) => {
      this.blocked = true;
      this.logger.warn(`${name}: the broker blocks publishing (${reason})`);
    });
    this.manager.on('unblocked', () => (this.blocked = false));
  }

  /** Begins to connect; a broker that is away is tried again every second. */
  open(): void {
    // A failure is an event, too, and then has its address.
    this.manager.connect().catch(() => undefined);
  }

  get isConnected(): boolean {
    return this.manager.isConnected();
  }

  /** Why the broker cannot be used, or undefined when it can. */
  get problem(): string | undefined {
    return this.isConnected ? undefined : `no connection to the broker (${this.lastError})`;
  }

  /** The connection, as soon as there is one; undefined when the signal fires first. */
  async model(signal: AbortSignal): Promise<ChannelModel | undefined> {
    while (!signal.aborted) {
      if (this.manager.connection) return this.manager.connection;
      await once(this.manager, 'connect', { signal }).catch((error: Error) => {
        if (error.name !== 'AbortError') throw error;
      });
    }
    return undefined;
  }

  async close(): Promise<void> {
    await answered(this.manager.close());
  }

  private lost(error: Error | undefined, url?: unknown): void {
    const address = typeof url === 'string' ? url : undefined;
    const reason = error ? explainBrokerError(error, address) : 'closed';
    if (reason !== this.lastError)
      this.logger.warn(`${this.name}: no broker (${reason}); trying again`);
    this.lastError = reason;
  }
}
