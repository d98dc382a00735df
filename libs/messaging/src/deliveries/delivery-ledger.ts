import { randomUUID } from 'node:crypto';
import type { Messaging } from '../contract/messaging.js';
import type { Names } from '../contract/names.js';
import type { Sql } from '../database/database.js';
import type { DeadLetterReason } from '../sending/message-headers.schema.js';

/** One event at one consumer: a row of the ledger. */
export interface DeliveryKey {
  readonly consumer: string;
  readonly eventId: string;
  readonly subject: string;
}

/**
 * The kind of a failure. `dependency`: something that the handler needs is away, and the event waits;
 * `error`: the attempt failed, and there is another. The others say why there is none.
 */
export type FailureReason = 'dependency' | 'postponed' | 'error' | DeadLetterReason;

/** What is recorded of a failure; `owner` is the lease that the failed run held, if it held one. */
export interface Failure {
  readonly attempts: number;
  readonly reason: FailureReason;
  readonly lastError: string;
  readonly nextAttemptAt?: Date | undefined;
  readonly owner?: string | undefined;
}

/** Until when a handler does not want an event. */
export interface Postponement extends Pick<Failure, 'attempts' | 'lastError' | 'owner'> {
  readonly until: Date;
  /** For how long it has failed so far, in milliseconds. */
  readonly failingMs: number;
  /** How often an operator has replayed it. */
  readonly replays: number;
}

/** The answer to asking for a lease: the owner token, or why there is none. */
export type LeaseAnswer =
  | { readonly status: 'acquired'; readonly owner: string }
  | { readonly status: 'done' }
  | { readonly status: 'held'; readonly until: Date };

/**
 * The delivery ledger: what has happened to each event at each consumer. Only `done` means that the
 * effect has happened; no statement ever takes a row away from `done`.
 */
export class DeliveryLedger {
  private readonly names: Names;

  constructor(
    { names }: Messaging,
    private readonly sql: Sql,
  ) {
    this.names = names;
  }

  /**
   * Marks the event done inside the transaction that holds its effect. False: it was done before, and
   * the effect must not be repeated. A concurrent copy blocks on the row until the first one ends.
   */
  async markDone(transaction: Sql, key: DeliveryKey, attempt: number): Promise<boolean> {
    const rows = await transaction.query(this.markDoneSql(1), doneValues(key, attempt));
    return rows.length > 0;
  }

  /**
   * The same with an effect that is one statement, in one round trip: `sql` takes its rows `FROM delivery`,
   * which has one the first time and none when the event was done before.
   * https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
   */
  async markDoneWith(
    sql: string,
    parameters: readonly unknown[],
    key: DeliveryKey,
    attempt: number,
  ): Promise<boolean> {
    const rows = await this.sql.query(
      `WITH delivery AS (${this.markDoneSql(parameters.length + 1)}), effect AS (${sql})
       SELECT 1 AS first FROM delivery`,
      [...parameters, ...doneValues(key, attempt)],
    );
    return rows.length > 0;
  }

  /** Commits `processing` with a lease of `leaseMs`, unless the event is done or another copy holds a live lease. */
  async acquireLease(key: DeliveryKey, attempt: number, leaseMs: number): Promise<LeaseAnswer> {
    const owner = randomUUID();
    const claimed = await this.sql.query(
      `INSERT INTO ${this.names.schema}.deliveries AS d
              (consumer, event_id, subject, status, attempts, owner, lease_until)
       VALUES ($1, $2, $3, 'processing', $4, $5, ${this.names.schema}.now() + $6 * interval '1 millisecond')
       ON CONFLICT (consumer, event_id) DO UPDATE
          SET status = 'processing', attempts = excluded.attempts, owner = excluded.owner,
              lease_until = excluded.lease_until, updated_at = now(), next_attempt_at = NULL
        WHERE d.status <> 'done' AND (d.status <> 'processing' OR d.lease_until <= ${this.names.schema}.now())
       RETURNING d.owner`,
      [key.consumer, key.eventId, key.subject, attempt, owner, leaseMs],
    );
    if (claimed.length > 0) return { status: 'acquired', owner };
    const [row] = await this.sql.query<{ status: string; lease_until: Date | null }>(
      `SELECT status, lease_until FROM ${this.names.schema}.deliveries WHERE consumer = $1 AND event_id = $2`,
      [key.consumer, key.eventId],
    );
    if (row?.status === 'done') return { status: 'done' };
    return { status: 'held', until: row?.lease_until ?? new Date() };
  }

  /** Makes a lease last `leaseMs` from now. False: it has passed to another copy. */
  async renewLease(
    { consumer, eventId }: DeliveryKey,
    owner: string,
    leaseMs: number,
  ): Promise<boolean> {
    const rows = await this.sql.query(
      `UPDATE ${this.names.schema}.deliveries SET lease_until = ${this.names.schema}.now() + $4 * interval '1 millisecond'
        WHERE consumer = $1 AND event_id = $2 AND owner = $3 AND status = 'processing'
       RETURNING status`,
      [consumer, eventId, owner, leaseMs],
    );
    return rows.length > 0;
  }

  /** Marks an external effect done. False: the lease had passed to another copy, which decides the outcome. */
  async completeLease({ consumer, eventId }: DeliveryKey, owner: string): Promise<boolean> {
    const rows = await this.sql.query(
      `UPDATE ${this.names.schema}.deliveries
          SET status = 'done', completed_at = ${this.names.schema}.now(), updated_at = now(),
              owner = NULL, lease_until = NULL, last_error = NULL, reason = NULL
        WHERE consumer = $1 AND event_id = $2 AND owner = $3 AND status = 'processing'
       RETURNING status`,
      [consumer, eventId, owner],
    );
    return rows.length > 0;
  }

  /**
   * Whether nothing has come of `deliveries` deliveries of this message, so that it must be taken for one
   * that kills its process: not when the event is done, not while a copy is being handled, and not for
   * the deliveries that the process has survived.
   */
  async isCrashSuspect(
    { consumer, eventId }: DeliveryKey,
    deliveries: number,
    limit: number,
  ): Promise<boolean> {
    const [row] = await this.sql.query<{ settled: boolean; abandoned: number }>(
      `SELECT status = 'done' OR (status = 'processing' AND lease_until > ${this.names.schema}.now()) AS settled, abandoned
         FROM ${this.names.schema}.deliveries WHERE consumer = $1 AND event_id = $2`,
      [consumer, eventId],
    );
    return !row?.settled && deliveries - (row?.abandoned ?? 0) >= limit;
  }

  /** Records that a delivery could not be settled, and was left to the broker to deliver again. */
  async recordAbandoned(key: DeliveryKey, attempts: number, lastError: string): Promise<void> {
    await this.sql.query(
      `INSERT INTO ${this.names.schema}.deliveries AS d
              (consumer, event_id, subject, status, attempts, next_attempt_at, last_error, abandoned)
       VALUES ($1, $2, $3, 'retrying', $4, now(), $5, 1)
       ON CONFLICT (consumer, event_id) DO UPDATE SET abandoned = d.abandoned + 1
        WHERE d.status <> 'done'`,
      [key.consumer, key.eventId, key.subject, attempts, lastError],
    );
  }

  /** The database's own clock. */
  async now(): Promise<Date> {
    const [row] = await this.sql.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return row!.now;
  }

  /** Says of a dead letter that it is on its way again, unless something has happened since `sentAt`. */
  async recordReplay(consumer: string, eventId: string, sentAt: Date): Promise<void> {
    await this.sql.query(
      `UPDATE ${this.names.schema}.deliveries
          SET status = 'retrying', reason = NULL, next_attempt_at = now(), updated_at = now()
        WHERE consumer = $1 AND event_id = $2 AND status = 'failed' AND updated_at <= $3`,
      [consumer, eventId, sentAt],
    );
  }

  /**
   * Records a failure: `retrying` when there is a next attempt, else `failed`. Never over `done`, and
   * never over another copy's lease.
   */
  async recordFailure(key: DeliveryKey, failure: Failure): Promise<void> {
    await this.sql.query(
      `INSERT INTO ${this.names.schema}.deliveries AS d
              (consumer, event_id, subject, status, attempts, next_attempt_at, last_error, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $9)
       ON CONFLICT (consumer, event_id) DO UPDATE
          SET status = excluded.status, attempts = excluded.attempts, updated_at = now(),
              next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error,
              reason = excluded.reason, owner = NULL, lease_until = NULL
        WHERE d.status <> 'done'
          AND (d.status <> 'processing' OR d.owner = $8 OR d.lease_until <= ${this.names.schema}.now())`,
      [
        key.consumer,
        key.eventId,
        key.subject,
        failure.nextAttemptAt ? 'retrying' : 'failed',
        failure.attempts,
        failure.nextAttemptAt ?? null,
        failure.lastError,
        failure.owner ?? null,
        failure.reason,
      ],
    );
  }

  /**
   * Records that the handler wants the event again at a moment: until then it need be in no queue. False when the
   * outbox does not have it, or another copy decides.
   */
  async postpone(
    key: DeliveryKey,
    { attempts, lastError, owner, until, failingMs, replays }: Postponement,
  ): Promise<boolean> {
    const { schema } = this.names;
    const rows = await this.sql.query(
      `WITH delivery AS (
         INSERT INTO ${schema}.deliveries AS d
                (consumer, event_id, subject, status, attempts, next_attempt_at, last_error, reason)
         SELECT $1, $2, $3, 'retrying', $4, $5, $6, 'postponed'
          WHERE EXISTS (SELECT FROM ${schema}.outbox WHERE id = $2)
         ON CONFLICT (consumer, event_id) DO UPDATE
            SET status = excluded.status, attempts = excluded.attempts, updated_at = now(),
                next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error,
                reason = excluded.reason, owner = NULL, lease_until = NULL
          WHERE d.status <> 'done'
            AND (d.status <> 'processing' OR d.owner = $7 OR d.lease_until <= ${schema}.now())
         RETURNING d.consumer, d.event_id
       )
       INSERT INTO ${schema}.postponed (consumer, event_id, until, attempts, failing_ms, replays)
       SELECT consumer, event_id, $5, $4, $8, $9 FROM delivery
       ON CONFLICT (consumer, event_id) DO UPDATE
          SET until = excluded.until, attempts = excluded.attempts,
              failing_ms = excluded.failing_ms, replays = excluded.replays
       RETURNING consumer`,
      [
        key.consumer,
        key.eventId,
        key.subject,
        attempts,
        until,
        lastError,
        owner ?? null,
        failingMs,
        replays,
      ],
    );
    return rows.length > 0;
  }

  /** One row unless the event was done before; its parameters, {@link doneValues}, begin at number `first`. */
  private markDoneSql(first: number): string {
    return `INSERT INTO ${this.names.schema}.deliveries AS d
          (consumer, event_id, subject, status, attempts, completed_at)
   VALUES ($${first}, $${first + 1}, $${first + 2}, 'done', $${first + 3},
           clock_timestamp() + (SELECT ahead FROM ${this.names.schema}.clock))
   ON CONFLICT (consumer, event_id) DO UPDATE
      SET status = 'done', attempts = excluded.attempts, completed_at = excluded.completed_at,
          updated_at = now(), next_attempt_at = NULL, last_error = NULL, reason = NULL
    WHERE d.status <> 'done'
   RETURNING d.status`;
  }
}

const doneValues = (key: DeliveryKey, attempt: number) => [
  key.consumer,
  key.eventId,
  key.subject,
  attempt,
];
