import { Logger } from '@nestjs/common';
import type { Subscription } from '../contract/define-subscription.js';
import type { Messaging } from '../contract/messaging.js';
import { Backoff, traceparentOf } from '#libs/service-defaults';
import type { ConsumeMessage } from 'amqplib';
import { hostname } from 'node:os';
import { v7 as uuidv7 } from 'uuid';
import type { DeliveryKey, DeliveryLedger, FailureReason } from '../deliveries/delivery-ledger.js';
import { decide, type Decision, type RetryPolicy } from '../retry/retry-policy.js';
import { deadLetterQueue, retryQueue } from '../routing/names.js';
import { retryDelays } from '../routing/retry-delays.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { copiedProperties, copiedTraceparent } from '../sending/copied-properties.js';
import type { OutgoingMessage } from '../sending/outgoing-message.js';
import {
  deadLetterHeaders,
  describeError,
  retryHeaders,
  type DeliveryHistory,
} from '../sending/message-headers.js';
import type { DeadLetterReason } from '../sending/message-headers.schema.js';
import { TRACEPARENT } from '../connection/process-span.js';
import type { Acknowledgement } from '../connection/acknowledgement.js';
import { DeferredError, LeaseHeldError, PostponedError } from '../retry/errors.js';
import type { DeliveryOutcome } from './receiving.metrics.js';

/** A delivery that did not end well; `key` is known once the message was decoded. */
export interface FailedDelivery {
  readonly subscription: Subscription;
  readonly message: ConsumeMessage;
  readonly history: DeliveryHistory;
  readonly error: Error;
  readonly key?: DeliveryKey | undefined;
  readonly leaseOwner?: string | undefined;
}

/** The reasons of dead letters whose handler was run this time. */
const RAN: ReadonlySet<DeadLetterReason> = new Set(['permanent', 'exhausted']);

/**
 * Moves a failed message on: to the wait queue of the next attempt or to the dead letters. Always in
 * this order: publish and wait for the confirm, record in the ledger, acknowledge. While the publish is
 * not confirmed the message stays unacknowledged, and with it the consumer waits.
 */
export class FailureSettler {
  private readonly logger = new Logger(FailureSettler.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly messaging: Messaging,
    private readonly publisher: ConfirmPublisher,
    private readonly ledger: DeliveryLedger,
    private readonly policy: RetryPolicy,
  ) {}

  /** From now on a publish is tried once; a message that it does not move is left to the broker to redeliver. */
  stop(): void {
    this.stopping.abort();
  }

  /** Never rejects. `abandoned`: the broker will deliver the message again. */
  async settle(
    failed: FailedDelivery,
    acknowledgement: Acknowledgement,
  ): Promise<DeliveryOutcome | 'abandoned'> {
    const now = new Date();
    const { history, error } = failed;
    const failingForMs = history.firstFailedAt
      ? now.getTime() - history.firstFailedAt.getTime()
      : 0;
    if (error instanceof PostponedError && (await this.postpone(failed, error, failingForMs))) {
      acknowledgement.ack();
      return 'deferred';
    }
    const decision = decide(error, history.failedAttempts, failingForMs, {
      ...this.policy,
      delaysMs: retryDelays(failed.subscription.retries, this.policy.delaysMs),
    });
    // A message that was never handed to the handler has used up no attempt.
    const counts = decision.kind === 'wait' ? decision.countsAttempt : RAN.has(decision.reason);
    const next: DeliveryHistory = {
      ...history,
      failedAttempts: history.failedAttempts + (counts ? 1 : 0),
      firstFailedAt: history.firstFailedAt ?? now,
    };
    const message =
      decision.kind === 'wait'
        ? retryMessage(failed, next, decision.delayMs)
        : deadLetterMessage(failed, next, decision.reason, now, this.messaging.names.events);

    const published = await this.publishUntilConfirmed(message, acknowledgement);
    if (published === 'unencodable') {
      // A defect of ours; the broker dead-letters the message as it came.
      await this.write(failed, (ledger, key) =>
        ledger.recordFailure(key, {
          attempts: next.failedAttempts,
          reason: 'delivery-limit',
          lastError: describeError(error),
          owner: failed.leaseOwner,
        }),
      );
      acknowledgement.giveUp();
      return 'dead_lettered';
    }
    if (published === 'abandoned') {
      await this.write(failed, (ledger, key) =>
        ledger.recordAbandoned(key, history.failedAttempts, describeError(error)),
      );
      return 'abandoned';
    }
    const nextAttemptAt =
      decision.kind === 'wait' ? new Date(now.getTime() + decision.delayMs) : undefined;
    await this.write(failed, (ledger, key) =>
      ledger.recordFailure(key, {
        attempts: next.failedAttempts,
        reason: reasonOf(decision),
        lastError: describeError(error),
        nextAttemptAt,
        owner: failed.leaseOwner,
      }),
    );
    acknowledgement.ack();
    if (decision.kind === 'dead-letter') return 'dead_lettered';
    if (decision.countsAttempt) return 'retried';
    return error instanceof DeferredError ? 'deferred' : 'waiting';
  }

  /** In the ledger instead of a queue; false when it has to wait in one. */
  private async postpone(
    { key, history, leaseOwner }: FailedDelivery,
    error: PostponedError,
    failingMs: number,
  ): Promise<boolean> {
    if (!key) return false;
    try {
      return await this.ledger.postpone(key, {
        attempts: history.failedAttempts,
        lastError: describeError(error),
        owner: leaseOwner,
        until: error.until,
        failingMs: Math.max(0, failingMs),
        replays: history.replayCount,
      });
    } catch (failure) {
      this.logger.warn(`${key.consumer}: ${(failure as Error).message}`);
      return false;
    }
  }

  private async publishUntilConfirmed(message: OutgoingMessage, { onStale }: Acknowledgement) {
    const ended = AbortSignal.any([onStale, this.stopping.signal]);
    const backoff = new Backoff(200, 10_000);
    while (!onStale.aborted) {
      const outcome = await this.publisher.publish(message);
      if (outcome === 'confirmed' || outcome === 'unencodable') return outcome;
      if (ended.aborted) break;
      this.logger.warn(
        `${message.routingKey}: publishing ended '${outcome}'; consuming pauses until it succeeds`,
      );
      await backoff.wait(ended);
    }
    return 'abandoned';
  }

  /** Writes to the ledger, if there is a row to write; the message itself is safe without it. */
  private async write(
    { key, error }: FailedDelivery,
    statement: (ledger: DeliveryLedger, key: DeliveryKey) => Promise<void>,
  ): Promise<void> {
    // The row belongs to the copy that holds the lease; and without a key there is no row.
    if (!key || error instanceof LeaseHeldError) return;
    try {
      await statement(this.ledger, key);
    } catch (failure) {
      // The next attempt writes the row; only the timeline lags.
      this.logger.warn(
        `${key.consumer}: the ledger could not be written: ${(failure as Error).message}`,
      );
    }
  }
}

function reasonOf(decision: Decision): FailureReason {
  if (decision.kind === 'dead-letter') return decision.reason;
  return decision.countsAttempt ? 'error' : 'dependency';
}

function retryMessage(
  failed: FailedDelivery,
  history: DeliveryHistory,
  delayMs: number,
): OutgoingMessage {
  return {
    exchange: '',
    routingKey: retryQueue(failed.subscription.consumer, delayMs),
    content: failed.message.content,
    properties: republished(failed, retryHeaders(history, failed.error)),
  };
}

function deadLetterMessage(
  failed: FailedDelivery,
  history: DeliveryHistory,
  reason: DeadLetterReason,
  at: Date,
  eventsExchange: string,
): OutgoingMessage {
  const { fields, properties } = failed.message;
  // A message that came back from a wait queue was routed by the default exchange.
  const cameBack = failed.history.firstFailedAt !== undefined;
  return {
    exchange: '',
    routingKey: deadLetterQueue(failed.subscription.consumer),
    content: failed.message.content,
    properties: republished(
      failed,
      deadLetterHeaders(history, failed.error, {
        id: uuidv7({ msecs: at.getTime() }),
        reason,
        consumer: failed.subscription.consumer,
        originalExchange: cameBack ? eventsExchange : fields.exchange,
        originalRoutingKey: String((cameBack && properties.type) || fields.routingKey),
        host: hostname(),
        at,
      }),
    ),
  };
}

/** The properties that an event message has, and none besides; the headers are our own, the trace goes on. */
function republished(
  { message: { properties } }: FailedDelivery,
  headers: Record<string, unknown>,
) {
  const copied = copiedProperties(properties);
  const traceparent = traceparentOf() ?? copiedTraceparent(properties);
  return {
    ...copied,
    messageId: copied.messageId ?? uuidv7(),
    headers: { ...headers, ...(traceparent && { [TRACEPARENT]: traceparent }) },
  };
}
