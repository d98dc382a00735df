import type { Database } from '#libs/database';

/** Events deleted in one statement: short locks, little bloat at a time. */
const BATCH_SIZE = 500;

/** Deletes events that were published longer than `retentionMs` ago, in small batches; answers how many. */
export async function cleanOutbox(
  database: Database,
  retentionMs: number,
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0;
  while (!signal.aborted) {
    const rows = await database.query(
      `DELETE FROM messaging.outbox WHERE id IN
         (SELECT id FROM messaging.outbox WHERE published_at < now() - $1 * interval '1 millisecond'
           ORDER BY published_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [retentionMs, BATCH_SIZE],
    );
    deleted += rows.length;
    if (rows.length < BATCH_SIZE) break;
  }
  return deleted;
}
