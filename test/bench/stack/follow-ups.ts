import type { Database } from '#libs/database';
import { eventually } from '../../support/eventually.js';

/** The steps that follow a sign-up. */
export const STEPS = 3;

const POLL_TIMEOUT_MS = 600_000;

/** Resolves when nothing waits in the outbox. */
export async function outboxEmpty(database: Database): Promise<void> {
  await eventually(async () => {
    const rows = await database.query(
      'SELECT 1 FROM messaging.outbox WHERE published_at IS NULL LIMIT 1',
    );
    return rows.length === 0;
  }, POLL_TIMEOUT_MS);
}

/** Resolves when every account has all its follow-ups; answers when the last one was done. */
export async function followUpsDone(database: Database): Promise<Date> {
  return eventually(async () => {
    const [row] = await database.query<{ people: string; done: string; last: Date | null }>(
      `SELECT (SELECT count(*) FROM accounts.users) AS people, count(*) AS done, max(completed_at) AS last
         FROM messaging.deliveries WHERE status = 'done'`,
    );
    return Number(row!.done) >= Number(row!.people) * STEPS && (row!.last ?? undefined);
  }, POLL_TIMEOUT_MS);
}
