import { Logger } from '@nestjs/common';
import type { Messaging } from '../contract/messaging.js';
import { whileAlone } from '../database/advisory-lock.js';
import type { Database } from '../database/database.js';
import type { BrokerConnection } from '../connection/broker-connection.js';
import {
  DeadLetters,
  DeadLettersBusyError,
  type DeadLetterLook,
} from '../dead-letter/dead-letters.js';
import { DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { deadLetterQueue, retryQueue } from '../routing/names.js';
import { waitQueueDelays } from '../routing/retry-delays.js';
import {
  isReachable,
  QueueCounter,
  type QueueCounts,
  type QueueLook,
} from '../routing/queue-counter.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { resend } from '../sending/resend.js';
import {
  liveLeases,
  markResent,
  openDeliveries,
  type OpenDelivery,
} from './missing-deliveries.query.js';

/** One delivery that is truly missing. */
export interface MissingDelivery {
  readonly consumer: string;
  readonly eventId: string;
  readonly subject: string;
  readonly occurredAt: string;
}

/** What one look has found. */
export interface ReconciliationReport {
  readonly missing: readonly MissingDelivery[];
  /** How many of them were sent again and confirmed. */
  readonly resent: number;
  /** Consumers of which nothing can be said, since the broker cannot say what their queues hold. */
  readonly unreachable: readonly string[];
}

/** As the workers have them. */
export interface ReconcilerOptions {
  readonly retryDelaysMs: readonly number[];
  readonly prefetch: number;
}

/** Deliveries of one consumer that one run looks at; the next run goes on. */
const LIMIT_PER_CONSUMER = 1_000;

const BROKER_TIMEOUT_MS = 30_000;

/**
 * Finds what was published, has no outcome, and is in no queue: after a purge, a broker that lost its
 * disk, a worker that died at the wrong moment. Sends it again to exactly that consumer; the ledger makes
 * a copy too many harmless.
 */
export class Reconciler {
  private readonly logger = new Logger(Reconciler.name);
  private readonly ledger: DeliveryLedger;
  private readonly deadLetters: DeadLetters;

  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly connection: BrokerConnection,
    private readonly publisher: ConfirmPublisher,
    private readonly options: ReconcilerOptions,
  ) {
    this.ledger = new DeliveryLedger(messaging, database);
    this.deadLetters = new DeadLetters(messaging, database, connection, publisher);
  }

  /**
   * @param fix send again what is missing
   * @returns undefined when another process is reconciling
   * @throws Error when there is no broker to ask
   */
  async reconcile(olderThanMs: number, fix: boolean): Promise<ReconciliationReport | undefined> {
    return whileAlone(this.database, `${this.messaging.names.prefix} reconcile`, async () => {
      const counter = new QueueCounter(this.connection.urls, `${this.connection.name}: reconciler`);
      try {
        const { missing, unreachable } = await this.find(counter, olderThanMs);
        const resent = fix ? await this.resendAll(missing) : 0;
        return { missing: missing.map(describe), resent, unreachable };
      } finally {
        counter.close();
      }
    });
  }

  private async find(counter: QueueCounter, olderThanMs: number) {
    const missing: OpenDelivery[] = [];
    const unreachable: string[] = [];
    for (const [consumer, open] of await this.openByConsumer(olderThanMs)) {
      const looks = await counter.count(this.queuesOf(consumer));
      const problem = [...looks.values()].find((look) => !isReachable(look));
      const alive = problem
        ? undefined
        : await this.withoutBrokersDeadLetters(consumer, open, looks);
      if (!alive) {
        unreachable.push(consumer);
        this.logger.warn(`${consumer}: what is missing cannot be known now; it is looked at again`);
        continue;
      }
      const held = await this.heldFor(consumer, looks as ReadonlyMap<string, QueueCounts>);
      // A backlog that merely waits is left alone: nothing shows which of its messages are missing.
      if (held !== undefined && held < alive.length) missing.push(...alive);
    }
    return { missing, unreachable };
  }

  private async openByConsumer(olderThanMs: number): Promise<Map<string, OpenDelivery[]>> {
    const open = await openDeliveries(
      this.messaging,
      this.database,
      olderThanMs,
      LIMIT_PER_CONSUMER,
    );
    const byConsumer = new Map<string, OpenDelivery[]>();
    for (const delivery of open) {
      const others = byConsumer.get(delivery.consumer);
      if (others) others.push(delivery);
      else byConsumer.set(delivery.consumer, [delivery]);
    }
    return byConsumer;
  }

  /**
   * How many messages the broker or a worker has for a consumer; undefined when it has no queue at all,
   * as a consumer that was removed. While messages wait, each consumer may have a full prefetch unacknowledged;
   * when none waits, nothing older than the handler's time is.
   */
  private async heldFor(
    consumer: string,
    counts: ReadonlyMap<string, QueueCounts>,
  ): Promise<number | undefined> {
    const own = counts.get(consumer);
    if (!own) return undefined;
    const waiting = [consumer, ...this.waitQueuesOf(consumer)]
      .map((queue) => counts.get(queue)?.messages ?? 0)
      .reduce((sum, messages) => sum + messages);
    const unacknowledged = waiting > 0 ? own.consumers * this.options.prefetch : 0;
    return waiting + unacknowledged + (await liveLeases(this.messaging, this.database, consumer));
  }

  /**
   * The ledger does not know of what the broker itself has dead-lettered, by its delivery limit: it is written
   * down here. Such a delivery has failed; it is not missing.
   * @returns undefined when the dead letters cannot be read now
   */
  private async withoutBrokersDeadLetters(
    consumer: string,
    open: OpenDelivery[],
    looks: ReadonlyMap<string, QueueLook>,
  ): Promise<OpenDelivery[] | undefined> {
    const look = looks.get(deadLetterQueue(consumer));
    if (!look || !isReachable(look) || look.messages === 0) return open;
    const seen = await this.lookAtDeadLetters(consumer);
    if (!seen || seen.unreachable.length > 0) return undefined;
    const byBroker = seen.letters.filter(
      ({ headers }) => headers['dead-letter-reason'] === undefined,
    );
    const dead = new Set(byBroker.map(({ messageId }) => messageId));
    for (const { event, attempts } of open.filter((delivery) => dead.has(delivery.event.id))) {
      const key = { consumer, eventId: event.id, subject: event.subject };
      await this.ledger.recordFailure(key, {
        attempts,
        reason: 'delivery-limit',
        lastError: 'delivery-limit',
      });
    }
    return open.filter(({ event }) => !dead.has(event.id));
  }

  /** Undefined while somebody else looks at them; that may be an operator, for long. */
  private async lookAtDeadLetters(consumer: string): Promise<DeadLetterLook | undefined> {
    try {
      return await this.deadLetters.list([consumer], AbortSignal.timeout(BROKER_TIMEOUT_MS));
    } catch (error) {
      if (error instanceof DeadLettersBusyError) return undefined;
      throw error;
    }
  }

  private queuesOf(consumer: string): string[] {
    return [consumer, ...this.waitQueuesOf(consumer), deadLetterQueue(consumer)];
  }

  private waitQueuesOf(consumer: string): string[] {
    const { retries = 'standard' } =
      this.messaging.subscriptions.find((each) => each.consumer === consumer) ?? {};
    return waitQueueDelays(retries, this.options.retryDelaysMs).map((delay) =>
      retryQueue(consumer, delay),
    );
  }

  /** A consumer whose queue does not take one is left for the next run; the others go on. */
  private async resendAll(missing: readonly OpenDelivery[]): Promise<number> {
    const confirmed: string[] = [];
    const stuck = new Set<string>();
    for (const { consumer, event, attempts, promoted } of missing) {
      if (stuck.has(consumer)) continue;
      const outcome = await this.publisher.publish(
        resend(event, consumer, { failedAttempts: attempts, promoted }),
      );
      if (outcome !== 'confirmed') {
        this.logger.warn(
          `${consumer}: sending again ended '${outcome}'; the rest is left for the next run`,
        );
        stuck.add(consumer);
        continue;
      }
      confirmed.push(event.id);
      this.logger.warn({
        msg: 'event sent again',
        eventId: event.id,
        queue: consumer,
        userId: event.subject,
      });
    }
    if (confirmed.length > 0)
      await markResent(this.messaging, this.database, [...new Set(confirmed)]);
    return confirmed.length;
  }
}

const describe = ({ consumer, event }: OpenDelivery): MissingDelivery => ({
  consumer,
  eventId: event.id,
  subject: event.subject,
  occurredAt: event.time,
});
