import { Logger } from '@nestjs/common';
import type { Subscription } from '../contract/define-subscription.js';
import type { CloudEvent } from '../contract/event-envelope.js';
import type { Messaging } from '../contract/messaging.js';
import type { Database } from '../database/database.js';
import { isDatabaseUnavailable } from '../database/database-errors.js';
import { runAgain } from '../database/run-again.js';
import type { Span } from '@opentelemetry/api';
import { markFailed } from '#libs/service-defaults';
import type { ConsumeMessage } from 'amqplib';
import { inspect } from 'node:util';
import type { DeliveryKey, DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { LEASE_MARGIN_MS, LEASE_MS, LeaseRenewal } from '../deliveries/lease-renewal.js';
import { describeError, readHistory } from '../sending/message-headers.js';
import { inProcessSpan, linkToOrigin } from '../connection/process-span.js';
import { Deadline } from './deadline.js';
import { decodeEvent } from './decode-event.js';
import { failedDeliveries } from './delivery-count.js';
import { ExternalDelivery, TransactionalDelivery, type Delivery } from './delivery.js';
import {
  CrashLimitError,
  DependencyUnavailableError,
  LeaseHeldError,
  StoppingError,
} from '../retry/errors.js';
import type { FailedDelivery, FailureSettler } from './failure-settler.js';
import type { Acknowledgement } from '../connection/acknowledgement.js';
import { ConsumerMetrics, type DeliveryOutcome } from './receiving.metrics.js';
import { settleDefect } from './settle-defect.js';

/** A handler with Nest's pipes, guards, interceptors and filters around it. */
export type EventHandler = (event: CloudEvent, delivery: Delivery) => Promise<void>;

/** What a processor works with. */
export interface ProcessorParts {
  readonly messaging: Messaging;
  readonly database: Database;
  readonly ledger: DeliveryLedger;
  readonly failures: FailureSettler;
  readonly handlerTimeoutMs: number;
  readonly crashLimit: number;
  /** Fires when the process stops: no pause outlasts it. */
  readonly stopping: AbortSignal;
  /** Called after each change of a ledger row; must neither throw nor wait. */
  readonly onLedgerChange?: (key: DeliveryKey) => void;
}

/** A message that could be decoded: its event, and the event's row in the ledger. */
interface Decoded {
  readonly event: CloudEvent;
  readonly key: DeliveryKey;
}

/** How the handling of an event ended; `leaseOwner` is the lease that was held by then. */
type Handled =
  | { readonly outcome: 'done' | 'duplicate' }
  | { readonly failure: Error; readonly leaseOwner?: string | undefined };

/**
 * Takes one message of one subscription from arrival to settlement:
 * decode → crash guard → ledger → handler → commit → acknowledge, or else retry or dead letter.
 */
export class DeliveryProcessor {
  private readonly logger = new Logger(DeliveryProcessor.name);
  private readonly metrics: ConsumerMetrics;
  /** The last delivery of each message that is being processed, by message id. */
  private readonly inProcess = new Map<string, Promise<void>>();
  /** Of the handlers that run now. */
  private readonly deadlines = new Set<Deadline>();

  constructor(
    private readonly subscription: Subscription,
    private readonly handler: EventHandler,
    private readonly parts: ProcessorParts,
  ) {
    this.metrics = new ConsumerMetrics(parts.messaging, subscription);
  }

  /**
   * Never rejects. A message that comes again because its connection was lost waits for its delivery before,
   * which is still processed here: that one decides what is left to do.
   */
  async process(message: ConsumeMessage, acknowledgement: Acknowledgement): Promise<void> {
    const id = String(message.properties.messageId);
    const earlier = this.inProcess.get(id);
    const processed = earlier
      ? earlier.then(() => this.processAlone(message, acknowledgement))
      : this.processAlone(message, acknowledgement);
    this.inProcess.set(id, processed);
    await processed;
    if (this.inProcess.get(id) === processed) this.inProcess.delete(id);
  }

  /** Aborts the handlers that still run, so that there is time to settle their events before the process ends. */
  abort(): void {
    for (const deadline of this.deadlines) {
      deadline.end(new StoppingError('the process stopped before the handler had ended'));
    }
  }

  private async processAlone(
    message: ConsumeMessage,
    acknowledgement: Acknowledgement,
  ): Promise<void> {
    try {
      await inProcessSpan(this.subscription.consumer, message, (span) =>
        this.processInSpan(message, acknowledgement, span),
      );
    } catch (error) {
      this.logger.error(error);
      const { crashLimit, stopping } = this.parts;
      await settleDefect(message, acknowledgement, crashLimit, stopping);
    }
  }

  private async processInSpan(
    message: ConsumeMessage,
    acknowledgement: Acknowledgement,
    span: Span,
  ): Promise<void> {
    const startedAt = performance.now();
    const history = readHistory(message.properties);
    const attempt = history.failedAttempts + 1;
    this.metrics.started(message.fields.redelivered);
    const decoded = this.decode(message);
    const { event, key } = 'failure' in decoded ? {} : decoded;
    const handled: Handled =
      'failure' in decoded
        ? decoded
        : await this.handle(decoded, message, acknowledgement, attempt);
    const failure = 'failure' in handled ? handled.failure : undefined;
    let outcome: DeliveryOutcome | 'abandoned' = 'abandoned';
    try {
      if ('outcome' in handled) {
        outcome = handled.outcome;
        acknowledgement.ack();
      } else {
        markFailed(span, handled.failure);
        const { failure: error, leaseOwner } = handled;
        const { subscription } = this;
        const failed: FailedDelivery = { subscription, message, history, error, key, leaseOwner };
        outcome = await this.parts.failures.settle(failed, acknowledgement);
      }
    } finally {
      const milliseconds = performance.now() - startedAt;
      const { prefix } = this.parts.messaging.names;
      span.setAttributes({ [`${prefix}.attempt`]: attempt, [`${prefix}.outcome`]: outcome });
      if (key) this.parts.onLedgerChange?.(key);
      this.metrics.ended(outcome, milliseconds / 1_000);
      // What an operator sends again says nothing of how fast the application is.
      if (outcome === 'done' && history.replayCount === 0 && event) this.metrics.done(event);
      this.log(outcome, {
        eventId: event?.id ?? message.properties.messageId,
        eventType: event?.type ?? message.properties.type,
        queue: this.subscription.consumer,
        attempt,
        correlationId: event?.correlationid,
        userId: event?.subject,
        durationMs: Math.round(milliseconds),
        outcome,
        ...(failure && { error: describeError(failure) }),
      });
    }
  }

  private decode(message: ConsumeMessage): Decoded | { readonly failure: Error } {
    try {
      const event = decodeEvent(message, this.subscription.events);
      linkToOrigin(event.traceparent);
      const { consumer } = this.subscription;
      return { event, key: { consumer, eventId: event.id, subject: event.subject } };
    } catch (error) {
      return { failure: asFailure(error) };
    }
  }

  /** Never rejects. */
  private async handle(
    { event, key }: Decoded,
    message: ConsumeMessage,
    acknowledgement: Acknowledgement,
    attempt: number,
  ): Promise<Handled> {
    try {
      if (acknowledgement.isStale) {
        throw new DependencyUnavailableError(
          'the connection was lost before the handler could run',
        );
      }
      await this.guardAgainstCrashes(message, key);
      return await this.withinDeadline((deadline) =>
        this.subscription.effect === 'external'
          ? this.underLease(event, key, attempt, deadline)
          : runAgain(() => this.withinTransaction(event, key, attempt, deadline)),
      );
    } catch (error) {
      return { failure: asFailure(error) };
    }
  }

  private async withinDeadline<T>(work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(this.parts.handlerTimeoutMs);
    this.deadlines.add(deadline);
    try {
      return await work(deadline);
    } finally {
      deadline.clear();
      this.deadlines.delete(deadline);
    }
  }

  /** Effect and ledger row in one transaction, committed before the acknowledgement. */
  private async withinTransaction(
    event: CloudEvent,
    key: DeliveryKey,
    attempt: number,
    deadline: Deadline,
  ): Promise<Handled> {
    const { database, ledger } = this.parts;
    const delivery = new TransactionalDelivery(key, attempt, deadline.signal, database, ledger);
    try {
      await deadline.race(this.handler(event, delivery));
      return { outcome: await delivery.commit() };
    } catch (error) {
      await delivery.rollback();
      throw error;
    }
  }

  /** A committed lease, renewed while the effect runs with no transaction open, then a committed `done`. */
  private async underLease(
    event: CloudEvent,
    key: DeliveryKey,
    attempt: number,
    deadline: Deadline,
  ): Promise<Handled> {
    const { ledger, handlerTimeoutMs } = this.parts;
    const leaseMs = Math.min(handlerTimeoutMs + LEASE_MARGIN_MS, LEASE_MS);
    const lease = await ledger.acquireLease(key, attempt, leaseMs);
    if (lease.status === 'done') return { outcome: 'duplicate' };
    if (lease.status === 'held') {
      throw new LeaseHeldError(`another copy is being handled until ${lease.until.toISOString()}`);
    }
    this.parts.onLedgerChange?.(key);
    const renewal = new LeaseRenewal(
      () => ledger.renewLease(key, lease.owner, leaseMs),
      (reason) => deadline.end(reason),
    );
    try {
      await deadline.race(this.handler(event, new ExternalDelivery(key, attempt, deadline.signal)));
      renewal.stop();
      const isFirst = await ledger.completeLease(key, lease.owner);
      return { outcome: isFirst ? 'done' : 'duplicate' };
    } catch (error) {
      return { failure: asFailure(error), leaseOwner: lease.owner };
    } finally {
      renewal.stop();
    }
  }

  /** A message that was delivered too often without an outcome is taken for one that kills its process. */
  private async guardAgainstCrashes(message: ConsumeMessage, key: DeliveryKey) {
    const { ledger, crashLimit } = this.parts;
    const deliveries = failedDeliveries(message);
    if (deliveries < crashLimit) return;
    if (await ledger.isCrashSuspect(key, deliveries, crashLimit)) {
      throw new CrashLimitError(`delivered ${deliveries} times without an outcome`);
    }
  }

  private log(outcome: DeliveryOutcome | 'abandoned', fields: object): void {
    if (outcome === 'dead_lettered') this.logger.error({ ...fields, msg: 'event dead-lettered' });
    else if (outcome === 'done' || outcome === 'duplicate')
      this.logger.log({ ...fields, msg: 'event handled' });
    else this.logger.warn({ ...fields, msg: 'event not handled yet' });
  }
}

/** Whatever was thrown, as an error that can be told and decided on. */
function asFailure(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(`the handler threw ${inspect(thrown)}`);
  if (thrown instanceof DependencyUnavailableError || !isDatabaseUnavailable(thrown)) return thrown;
  return new DependencyUnavailableError(thrown.message, { cause: thrown });
}
