import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';

/** Events deleted in one statement: short locks, little bloat at a time. */
const BATCH_SIZE = 500;

/**
 * Deletes events that were published longer than `retentionMs` ago, in small batches; answers how many. Those that
 * are postponed stay: they are in no queue.
 */
export async function cleanOutbox(
  { names }: Messaging,
  sql: Sql,
  retentionMs: number,
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0;
  while (!signal.aborted) {
    const rows = await sql.query(
      `DELETE FROM ${names.schema}.outbox WHERE id IN
         (SELECT id FROM ${names.schema}.outbox AS o WHERE published_at < now() - $1 * interval '1 millisecond'
             AND NOT EXISTS (SELECT FROM ${names.schema}.postponed WHERE event_id = o.id)
           ORDER BY published_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [retentionMs, BATCH_SIZE],
    );
    deleted += rows.length;
    if (rows.length < BATCH_SIZE) break;
  }
  return deleted;
}
