import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Periodic } from '#libs/service-defaults';
import { BrokerConnection } from './connection/broker-connection.js';
import type { Messaging } from './contract/messaging.js';
import type { Database } from './database/database.js';
import { whenAvailable } from './database/when-available.js';
import type { MessagingConfig } from './messaging.config.js';
import { cleanOutbox } from './outbox/outbox-cleaner.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { OutboxStore } from './outbox/outbox-store.js';
import { observeOutbox } from './outbox/outbox.metrics.js';
import type { Outbox } from './outbox/outbox.js';
import { Reconciler } from './reconciliation/reconciler.js';
import { TopologyMismatchError } from './routing/declare-topology.js';
import { DeclaredTopology } from './routing/declared-topology.js';
import { planTopology } from './routing/topology.js';
import { PostponedDeliveries } from './scheduling/postponed-deliveries.js';
import { Promoter } from './scheduling/promoter.js';
import type { ScheduledEvents } from './scheduling/scheduled-events.js';
import { unknownScheduledType } from './scheduling/scheduled.query.js';
import { observeScheduled } from './scheduling/scheduling.metrics.js';
import { ConfirmPublisher } from './sending/confirm-publisher.js';

/** How often published events that are past their retention are looked for. */
const CLEAN_INTERVAL_MS = 600_000;

/** A stop waits no longer for a topology that is being declared; what is in the outbox stays there. */
const PREPARE_TIMEOUT_MS = 5_000;

/** Where events come from. */
export interface RelayParts {
  readonly outbox: Outbox;
  readonly scheduled: ScheduledEvents;
  /** See {@link MessagingModuleOptions}. */
  readonly onTopologyMismatch?: ((error: Error) => void) | undefined;
}

/**
 * As long as the app runs it relays what is in the outbox, promotes what is due, cleans up, and looks for deliveries
 * that are missing.
 */
export class RelayService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RelayService.name);
  private readonly connection: BrokerConnection;
  private readonly publisher: ConfirmPublisher;
  private readonly relay: OutboxRelay;
  private readonly promoter: Promoter;
  private readonly postponed: PostponedDeliveries;
  private readonly onMismatch: (error: Error) => void;
  private readonly upkeep: Periodic[];
  private declared = false;
  private readonly stopping = new AbortController();

  constructor(
    private readonly messaging: Messaging,
    config: MessagingConfig,
    private readonly database: Database,
    { outbox, scheduled, onTopologyMismatch = () => undefined }: RelayParts,
  ) {
    this.onMismatch = onTopologyMismatch;
    this.promoter = new Promoter(messaging, database, outbox, scheduled);
    // The whole topology, not only what this app uses: a worker that never ran loses nothing.
    const topology = new DeclaredTopology(planTopology(messaging, config.CONSUMER_RETRY_DELAYS));
    this.connection = new BrokerConnection(config.RABBITMQ_URL, 'outbox relay');
    this.publisher = new ConfirmPublisher(
      messaging,
      this.connection,
      config.PUBLISH_CONFIRM_TIMEOUT,
      topology,
      (error) => this.reportMismatch(error),
    );
    this.publisher.onReady(() => (this.declared = true));
    this.relay = new OutboxRelay(
      messaging,
      new OutboxStore(messaging, database),
      this.publisher,
      { pollIntervalMs: config.OUTBOX_POLL_INTERVAL, leaseMs: config.OUTBOX_LEASE },
      outbox,
      () => this.promoter.madeRoom(),
    );
    this.postponed = new PostponedDeliveries(messaging, database, this.publisher);
    const reconciler = new Reconciler(messaging, database, this.connection, this.publisher, {
      retryDelaysMs: config.CONSUMER_RETRY_DELAYS,
      prefetch: config.CONSUMER_PREFETCH,
    });
    this.upkeep = [
      new Periodic('cleaning the outbox', CLEAN_INTERVAL_MS, (signal) =>
        cleanOutbox(messaging, database, config.OUTBOX_RETENTION, signal),
      ),
      new Periodic('reconciliation', config.RECONCILE_INTERVAL, async () => {
        // Without a broker nobody can know what is missing.
        if (this.publisher.isReady) await reconciler.reconcile(config.RECONCILE_AFTER, true);
      }),
    ];
  }

  /** @throws Error when an event is scheduled whose type was removed from the application */
  async onApplicationBootstrap(): Promise<void> {
    const unknown = await whenAvailable(
      () => unknownScheduledType(this.messaging, this.database),
      this.stopping.signal,
      ({ message }) =>
        this.logger.warn(`what is scheduled cannot be read: ${message}; trying again`),
    );
    if (unknown !== undefined)
      throw new Error(
        `events of type '${unknown}' are scheduled, and the application does not define it: add it again, or cancel them`,
      );
    observeOutbox(this.messaging, this.database);
    observeScheduled(this.messaging, this.database);
    this.connection.open();
    this.publisher.start();
    this.relay.start();
    this.promoter.start();
    this.postponed.start();
    for (const work of this.upkeep) work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    // What was accepted is published before the end, also when the topology is only just being declared.
    await this.publisher.prepared(PREPARE_TIMEOUT_MS);
    await this.promoter.stop();
    await Promise.all([
      this.relay.stop(),
      this.postponed.stop(),
      ...this.upkeep.map((work) => work.stop()),
    ]);
    await this.publisher.stop();
    await this.connection.close();
  }

  /** Once it was declared, events go on into the outbox and wait there for the operator. */
  private reportMismatch(error: Error): void {
    if (!(error instanceof TopologyMismatchError)) return;
    this.logger.error(error.message);
    if (!this.declared) this.onMismatch(error);
  }
}
