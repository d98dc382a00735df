import type { CloudEvent } from '../contract/event-envelope.js';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { EVENT_COLUMNS, toEvent, type OutboxRow } from '../outbox/outbox-row.js';

/** A delivery of which nothing has been heard for too long. */
export interface OpenDelivery {
  readonly consumer: string;
  readonly event: CloudEvent;
  /** Attempts that the ledger knows to have failed. */
  readonly attempts: number;
  readonly promoted: boolean;
}

/**
 * Deliveries without an outcome: no ledger row, a lease that ran out, or a retry that is long overdue.
 * Never what is done or dead-lettered. Each re-send doubles the time that the event is given.
 * @param limit per consumer
 */
export async function openDeliveries(
  { names }: Messaging,
  sql: Sql,
  olderThanMs: number,
  limit: number,
): Promise<OpenDelivery[]> {
  const rows = await sql.query<OutboxRow & { consumer: string; attempts: number | null }>(
    `SELECT * FROM (
       SELECT ${EVENT_COLUMNS}, c.consumer,
              -- A lease that ran out is of an attempt that began, and of which nobody knows that it failed.
              d.attempts - (d.status = 'processing')::int AS attempts,
              row_number() OVER (PARTITION BY c.consumer ORDER BY o.id) AS place
         FROM ${names.schema}.outbox AS o
        CROSS JOIN LATERAL unnest(o.expected_consumers) AS c (consumer)
        CROSS JOIN LATERAL (SELECT $1 * power(2, least(o.resends, 20)) * interval '1 millisecond') AS t (threshold)
         LEFT JOIN ${names.schema}.deliveries AS d ON d.consumer = c.consumer AND d.event_id = o.id
        WHERE o.published_at IS NOT NULL
          AND coalesce(o.resent_at, o.published_at) <= now() - t.threshold
          AND (d.status IS NULL
               OR (d.status = 'processing' AND d.lease_until <= (SELECT ${names.schema}.now()))
               OR (d.status = 'retrying' AND coalesce(d.next_attempt_at, d.updated_at) <= now() - t.threshold))
     ) AS open WHERE place <= $2 ORDER BY consumer, id`,
    [olderThanMs, limit],
  );
  return rows.map((row) => ({
    consumer: row.consumer,
    event: toEvent(names, row),
    attempts: row.attempts ?? 0,
    promoted: row.promoted,
  }));
}

/** Copies of a consumer's messages that are being handled right now under a lease. */
export async function liveLeases(
  { names }: Messaging,
  sql: Sql,
  consumer: string,
): Promise<number> {
  const [row] = await sql.query<{ leases: number }>(
    `SELECT count(*)::int AS leases FROM ${names.schema}.deliveries
      WHERE status = 'processing' AND consumer = $1 AND lease_until > (SELECT ${names.schema}.now())`,
    [consumer],
  );
  return row?.leases ?? 0;
}

/** Remembers that these events were sent again now. */
export async function markResent(
  { names }: Messaging,
  sql: Sql,
  eventIds: readonly string[],
): Promise<void> {
  await sql.query(
    `UPDATE ${names.schema}.outbox SET resent_at = now(), resends = resends + 1 WHERE id = ANY ($1::uuid[])`,
    [eventIds],
  );
}
