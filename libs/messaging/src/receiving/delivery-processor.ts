import { Logger } from '@nestjs/common';
import type { Subscription } from '../contract/define-subscription.js';
import type { CloudEvent } from '../contract/event-envelope.js';
import { isDatabaseUnavailable, runAgain, type Database } from '#libs/database';
import type { Span } from '@opentelemetry/api';
import { markFailed } from '#libs/service-defaults';
import type { ConsumeMessage } from 'amqplib';
import { inspect } from 'node:util';
import type { DeliveryKey, DeliveryLedger } from '../deliveries/delivery-ledger.js';
import { LEASE_MARGIN_MS, LEASE_MS, LeaseRenewal } from '../deliveries/lease-renewal.js';
import { describeError, readHistory } from '../sending/message-headers.js';
import { inProcessSpan, linkToOrigin } from '../tracing/process-span.js';
import { Deadline } from './deadline.js';
import { decodeEvent } from './decode-event.js';
import { failedDeliveries } from './delivery-count.js';
import { ExternalDelivery, TransactionalDelivery, type Delivery } from './delivery.js';
import {
  CrashLimitError,
  DependencyUnavailableError,
  LeaseHeldError,
  StoppingError,
} from './errors.js';
import type { FailedDelivery, FailureSettler } from './failure-settler.js';
import type { Acknowledgement } from './acknowledgement.js';
import { ConsumerMetrics, type DeliveryOutcome } from './receiving.metrics.js';
import { settleDefect } from './settle-defect.js';

/** A handler with Nest's pipes, guards, interceptors and filters around it. */
export type EventHandler = (event: CloudEvent, delivery: Delivery) => Promise<void>;

/** What a processor works with. */
export interface ProcessorParts {
  readonly database: Database;
  readonly ledger: DeliveryLedger;
  readonly failures: FailureSettler;
  readonly handlerTimeoutMs: number;
  readonly crashLimit: number;
  /** Fires when the process stops: no pause outlasts it. */
  readonly stopping: AbortSignal;
  /** Told after each change of a ledger row; must neither throw nor wait. */
  readonly onProgress?: (key: DeliveryKey) => void;
}

/** What becomes known of a message while it is being processed. */
type Progress = { key?: DeliveryKey; event?: CloudEvent; leaseOwner?: string };

/**
 * Takes one message of one subscription from arrival to settlement:
 * decode → crash guard → ledger → handler → commit → acknowledge, or else retry or dead letter.
 */
export class DeliveryProcessor {
  private readonly logger = new Logger(DeliveryProcessor.name);
  private readonly metrics: ConsumerMetrics;
  /** The last delivery in hand of each message, by message id. */
  private readonly inHand = new Map<string, Promise<void>>();
  /** Of the handlers that run now. */
  private readonly deadlines = new Set<Deadline>();

  constructor(
    private readonly subscription: Subscription,
    private readonly handler: EventHandler,
    private readonly parts: ProcessorParts,
  ) {
    this.metrics = new ConsumerMetrics(subscription);
  }

  /**
   * Never rejects. A message that comes again because its connection was lost waits for the run that it
   * left behind here: that one decides what is still to be done.
   */
  async process(message: ConsumeMessage, acknowledgement: Acknowledgement): Promise<void> {
    const id = String(message.properties.messageId);
    const earlier = this.inHand.get(id);
    const run = earlier
      ? earlier.then(() => this.processAlone(message, acknowledgement))
      : this.processAlone(message, acknowledgement);
    this.inHand.set(id, run);
    await run;
    if (this.inHand.get(id) === run) this.inHand.delete(id);
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
        this.settle(message, acknowledgement, span),
      );
    } catch (error) {
      this.logger.error(error);
      const { crashLimit, stopping } = this.parts;
      await settleDefect(message, acknowledgement, crashLimit, stopping);
    }
  }

  private async settle(
    message: ConsumeMessage,
    acknowledgement: Acknowledgement,
    span: Span,
  ): Promise<void> {
    const { consumer } = this.subscription;
    const startedAt = performance.now();
    const history = readHistory(message.properties);
    const attempt = history.failedAttempts + 1;
    const progress: Progress = {};
    let outcome: DeliveryOutcome | 'abandoned' = 'abandoned';
    let failure: Error | undefined;

    this.metrics.started(message.fields.redelivered);
    try {
      outcome = await this.handle(message, acknowledgement, attempt, progress);
      acknowledgement.ack();
    } catch (error) {
      failure = asFailure(error);
      const failed: FailedDelivery = { consumer, message, history, error: failure, ...progress };
      outcome = await this.parts.failures.settle(failed, acknowledgement);
      markFailed(span, failure);
    } finally {
      const milliseconds = performance.now() - startedAt;
      span.setAttributes({ 'usher.attempt': attempt, 'usher.outcome': outcome });
      if (progress.key) this.parts.onProgress?.(progress.key);
      this.metrics.ended(outcome, milliseconds / 1_000);
      // What an operator sends again tells nothing of how fast Usher is.
      if (outcome === 'done' && history.replayCount === 0) this.metrics.done(progress.event!);
      this.log(outcome, {
        eventId: progress.event?.id ?? message.properties.messageId,
        eventType: progress.event?.type ?? message.properties.type,
        queue: consumer,
        attempt,
        correlationId: progress.event?.correlationid,
        userId: progress.event?.subject,
        durationMs: Math.round(milliseconds),
        outcome,
        ...(failure && { error: describeError(failure) }),
      });
    }
  }

  private async handle(
    message: ConsumeMessage,
    acknowledgement: Acknowledgement,
    attempt: number,
    progress: Progress,
  ): Promise<'done' | 'duplicate'> {
    const event = decodeEvent(message, this.subscription.event);
    progress.event = event;
    linkToOrigin(event.traceparent);
    const key = { consumer: this.subscription.consumer, eventId: event.id, subject: event.subject };
    progress.key = key;
    if (acknowledgement.isStale) {
      throw new DependencyUnavailableError('the connection was lost before the handler could run');
    }
    await this.guardAgainstCrashes(message, key);

    const deadline = new Deadline(this.parts.handlerTimeoutMs);
    this.deadlines.add(deadline);
    try {
      return this.subscription.effect === 'external'
        ? await this.underLease(event, key, attempt, deadline, progress)
        : await runAgain(() => this.withinTransaction(event, key, attempt, deadline));
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
  ) {
    const { database, ledger } = this.parts;
    const delivery = new TransactionalDelivery(key, attempt, deadline.signal, database, ledger);
    try {
      await deadline.race(this.handler(event, delivery));
      return await delivery.commit();
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
    progress: Progress,
  ): Promise<'done' | 'duplicate'> {
    const { ledger, handlerTimeoutMs } = this.parts;
    const leaseMs = Math.min(handlerTimeoutMs + LEASE_MARGIN_MS, LEASE_MS);
    const lease = await ledger.acquireLease(key, attempt, leaseMs);
    if (lease.status === 'done') return 'duplicate';
    if (lease.status === 'held') {
      throw new LeaseHeldError(`another copy is being handled until ${lease.until.toISOString()}`);
    }
    progress.leaseOwner = lease.owner;
    this.parts.onProgress?.(key);
    const renewal = new LeaseRenewal(
      () => ledger.renewLease(key, lease.owner, leaseMs),
      (reason) => deadline.end(reason),
    );
    try {
      await deadline.race(this.handler(event, new ExternalDelivery(key, attempt, deadline.signal)));
    } finally {
      renewal.stop();
    }
    return (await ledger.completeLease(key, lease.owner)) ? 'done' : 'duplicate';
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
