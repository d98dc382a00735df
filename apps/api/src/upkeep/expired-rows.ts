import type { Database } from '#libs/database';

/** Rows deleted in one statement: short locks, little bloat at a time. */
const BATCH_SIZE = 500;

/** What has come to its end, by table: its key, and when. An idle session is refused at once; its row goes later. */
const EXPIRED = {
  'accounts.sessions': { key: 'id', where: 'expires_at < (SELECT messaging.now())' },
  'accounts.idempotency_keys': {
    key: 'key',
    where: `created_at < (SELECT messaging.now()) - interval '24 hours'`,
  },
  'accounts.reserved_addresses': { key: 'address', where: 'until < (SELECT messaging.now())' },
  'accounts.mail_budgets': { key: 'scope, slot', where: 'until < (SELECT messaging.now())' },
  'accounts.spent_challenges': { key: 'id', where: 'until < (SELECT messaging.now())' },
  // Instances that have ended; the others have forgotten them by then.
  'accounts.lines': { key: 'instance', where: `at < clock_timestamp() - interval '1 hour'` },
  'accounts.rate_limits': { key: 'key', where: 'expire < extract(epoch FROM now()) * 1000' },
};

/** Deletes sessions, idempotency keys and counts that have expired, in small batches; answers how many. */
export async function deleteExpiredRows(database: Database, signal: AbortSignal): Promise<number> {
  let deleted = 0;
  for (const [table, { key, where }] of Object.entries(EXPIRED)) {
    for (let count = BATCH_SIZE; count === BATCH_SIZE && !signal.aborted; deleted += count) {
      const rows = await database.query(
        `DELETE FROM ${table} WHERE (${key}) IN
           (SELECT ${key} FROM ${table} WHERE ${where} LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING ${key}`,
        [BATCH_SIZE],
      );
      count = rows.length;
    }
  }
  return deleted;
}
