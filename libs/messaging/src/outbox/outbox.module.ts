import {
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { requests, subscriptions } from '#libs/contracts';
import { Database } from '#libs/database';
import { Periodic } from '#libs/service-defaults';
import { BrokerConnection } from '../connection/broker-connection.js';
import { MessagingConfig } from '../messaging.config.js';
import { TopologyMismatchError } from '../routing/declare-topology.js';
import { DeclaredTopology } from '../routing/declared-topology.js';
import { QueueGauges } from '../routing/queue-gauges.js';
import { planTopology } from '../routing/topology.js';
import { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { Reconciler } from '../reconciliation/reconciler.js';
import { cleanOutbox } from './outbox-cleaner.js';
import { observeOutbox } from './outbox.metrics.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxStore } from './outbox-store.js';
import { Outbox } from './outbox.js';

/** How often published events that are past their retention are looked for. */
const CLEAN_INTERVAL_MS = 600_000;

/** A stop waits no longer for a topology that is being declared; what is in the outbox stays there. */
const PREPARE_TIMEOUT_MS = 5_000;

/**
 * Gives an app the {@link Outbox}. As long as the app runs it relays what is in there, cleans up, and
 * looks for deliveries that are missing.
 */
@Module({ providers: [Outbox, QueueGauges], exports: [Outbox] })
export class OutboxModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxModule.name);
  private readonly connection: BrokerConnection;
  private readonly publisher: ConfirmPublisher;
  private readonly relay: OutboxRelay;
  private readonly upkeep: Periodic[];
  private declared = false;

  constructor(
    @Inject(MessagingConfig) config: MessagingConfig,
    private readonly database: Database,
    outbox: Outbox,
  ) {
    // The whole topology, not only what this app uses: a worker that never ran loses nothing.
    const topology = new DeclaredTopology(
      planTopology(subscriptions, config.CONSUMER_RETRY_DELAYS, requests),
    );
    this.connection = new BrokerConnection(config.RABBITMQ_URL, 'outbox relay');
    this.publisher = new ConfirmPublisher(
      this.connection,
      config.PUBLISH_CONFIRM_TIMEOUT,
      topology,
      (error) => this.refuseMismatch(error),
    );
    this.publisher.onReady(() => (this.declared = true));
    const store = new OutboxStore(database);
    this.relay = new OutboxRelay(
      store,
      this.publisher,
      { pollIntervalMs: config.OUTBOX_POLL_INTERVAL, leaseMs: config.OUTBOX_LEASE },
      outbox,
    );
    const reconciler = new Reconciler(database, this.connection, this.publisher, {
      retryDelaysMs: config.CONSUMER_RETRY_DELAYS,
      prefetch: config.CONSUMER_PREFETCH,
    });
    this.upkeep = [
      new Periodic('cleaning the outbox', CLEAN_INTERVAL_MS, (signal) =>
        cleanOutbox(database, config.OUTBOX_RETENTION, signal),
      ),
      new Periodic('reconciliation', config.RECONCILE_INTERVAL, async () => {
        // Without a broker nothing can be told missing.
        if (this.publisher.isReady) await reconciler.run(config.RECONCILE_AFTER, true);
      }),
    ];
  }

  onApplicationBootstrap(): void {
    observeOutbox(this.database);
    this.connection.open();
    this.publisher.start();
    this.relay.start();
    for (const work of this.upkeep) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    // What was accepted is published before the end, also when the topology is only just being declared.
    await this.publisher.prepared(PREPARE_TIMEOUT_MS);
    await Promise.all([this.relay.stop(), ...this.upkeep.map((work) => work.stop())]);
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
