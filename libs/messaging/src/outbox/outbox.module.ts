import {
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { subscriptions } from '#libs/contracts';
import { Database } from '#libs/database';
import { BrokerConnection } from '../connection/broker-connection.js';
import { MessagingConfig } from '../messaging.config.js';
import { declareTopology, TopologyMismatchError } from '../routing/declare-topology.js';
import { planTopology } from '../routing/topology.js';
import { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { observeOutbox } from './outbox.metrics.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxStore } from './outbox-store.js';
import { Outbox } from './outbox.js';

/** Gives an app the {@link Outbox}, and relays it as long as the app runs. */
@Module({ providers: [Outbox], exports: [Outbox] })
export class OutboxModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxModule.name);
  private readonly connection: BrokerConnection;
  private readonly publisher: ConfirmPublisher;
  private readonly relay: OutboxRelay;
  private declared = false;

  constructor(
    @Inject(MessagingConfig) config: MessagingConfig,
    private readonly database: Database,
    outbox: Outbox,
  ) {
    // The whole topology, not only what this app uses: a worker that never ran loses nothing.
    const topology = planTopology(subscriptions, config.CONSUMER_RETRY_DELAYS);
    this.connection = new BrokerConnection(config.RABBITMQ_URL, 'outbox relay');
    this.publisher = new ConfirmPublisher(
      this.connection,
      config.PUBLISH_CONFIRM_TIMEOUT,
      async (channel) => {
        await declareTopology(channel, topology);
        this.declared = true;
      },
      (error) => this.refuseMismatch(error),
    );
    const store = new OutboxStore(database);
    this.relay = new OutboxRelay(
      store,
      this.publisher,
      { pollIntervalMs: config.OUTBOX_POLL_INTERVAL, leaseMs: config.OUTBOX_LEASE },
      outbox,
    );
  }

  onApplicationBootstrap(): void {
    observeOutbox(this.database);
    this.connection.open();
    this.publisher.start();
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.publisher.stop();
    await this.connection.close();
  }

  /** At the start it ends the process; later, sign-ups go on and the outbox waits for the operator. */
  private refuseMismatch(error: Error): void {
    if (!(error instanceof TopologyMismatchError)) return;
    this.logger.error(error.message);
    if (this.declared) return;
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  }
}
