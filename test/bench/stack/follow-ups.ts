import { subscriptions } from '#libs/contracts';
import type { Database } from '#libs/database';
import { eventually } from '../../support/eventually.js';

const steps = subscriptions.filter(({ step }) => step !== undefined);

/** The consumers that complete the steps of a sign-up. */
export const STEP_CONSUMERS = steps.map(({ consumer }) => consumer);

const POLL_TIMEOUT_MS = 600_000;
/** Seldom enough that the look costs what is measured next to nothing. */
export const SELDOM_MS = 250;

/** Resolves when nothing waits in the outbox. */
export async function outboxEmpty(database: Database): Promise<void> {
  await eventually(
    async () => {
      const rows = await database.query(
        'SELECT 1 FROM messaging.outbox WHERE published_at IS NULL ORDER BY id LIMIT 1',
      );
      return rows.length === 0;
    },
    POLL_TIMEOUT_MS,
    SELDOM_MS,
  );
}

/** Resolves when every account has all its follow-ups; answers when the last one was done. */
export async function followUpsDone(database: Database): Promise<Date> {
  return eventually(async () => {
    const [row] = await database.query<{ people: string; done: string; last: Date | null }>(
      `SELECT (SELECT count(*) FROM accounts.users) AS people, count(*) AS done, max(completed_at) AS last
         FROM messaging.deliveries WHERE status = 'done' AND consumer = ANY ($1::text[])`,
      [STEP_CONSUMERS],
    );
    return (
      Number(row!.done) >= Number(row!.people) * STEP_CONSUMERS.length && (row!.last ?? undefined)
    );
  }, POLL_TIMEOUT_MS);
}
