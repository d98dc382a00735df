import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { EVENT_COLUMNS, toEvent, type OutboxRow } from '../outbox/outbox-row.js';
import type { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { resend } from '../sending/resend.js';
import { markResent } from './missing-deliveries.query.js';

/** Which events a consumer is to be given once more. */
export interface ReplaySelection {
  readonly consumer: string;
  readonly types: readonly string[];
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** The id of what the events are about. */
  readonly subject?: string | undefined;
  /** Also events that the consumer has done: their ledger rows are reset, so that the handler runs again. */
  readonly force: boolean;
}

const BATCH_SIZE = 200;

/**
 * Sends events of the outbox to one consumer, whether or not it was expected when they were written: for
 * a consumer that was added later. What is done or on its way is left alone, unless forced.
 * @returns how many were sent and confirmed
 * @throws Error when a publish is not confirmed; what was sent before stays sent
 */
export async function replayEvents(
  messaging: Messaging,
  sql: Sql,
  publisher: ConfirmPublisher,
  selection: ReplaySelection,
): Promise<number> {
  let sent = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await nextBatch(messaging, sql, selection, after);
    for (const row of rows) {
      if (selection.force) await resetDelivery(messaging, sql, selection.consumer, row.id);
      const message = resend(toEvent(messaging.names, row), selection.consumer, { replayCount: 1 });
      const outcome = await publisher.publish(message);
      if (outcome !== 'confirmed')
        throw new Error(`event ${row.id}: publishing ended '${outcome}'; ${sent} were sent`);
      sent++;
    }
    if (rows.length > 0)
      await markResent(
        messaging,
        sql,
        rows.map(({ id }) => id),
      );
    if (rows.length < BATCH_SIZE) return sent;
    after = rows.at(-1)!.id;
  }
}

async function nextBatch(
  { names }: Messaging,
  sql: Sql,
  selection: ReplaySelection,
  after: string,
): Promise<OutboxRow[]> {
  return sql.query<OutboxRow>(
    `SELECT ${EVENT_COLUMNS}
       FROM ${names.schema}.outbox AS o
       LEFT JOIN ${names.schema}.deliveries AS d ON d.consumer = $1 AND d.event_id = o.id
      WHERE o.published_at IS NOT NULL AND o.type = ANY ($2) AND o.id > $3
        AND ($4::timestamptz IS NULL OR o.occurred_at >= $4)
        AND ($5::timestamptz IS NULL OR o.occurred_at <= $5)
        AND ($6::text IS NULL OR o.subject = $6)
        AND (d.status IS NULL OR $7)
      ORDER BY o.id LIMIT $8`,
    [
      selection.consumer,
      selection.types,
      after,
      selection.since ?? null,
      selection.until ?? null,
      selection.subject ?? null,
      selection.force,
      BATCH_SIZE,
    ],
  );
}

/** Forgets what happened, except while it is happening. */
async function resetDelivery(
  { names }: Messaging,
  sql: Sql,
  consumer: string,
  eventId: string,
): Promise<void> {
  await sql.query(
    `DELETE FROM ${names.schema}.deliveries
      WHERE consumer = $1 AND event_id = $2 AND (status <> 'processing' OR lease_until <= ${names.schema}.now())`,
    [consumer, eventId],
  );
}
