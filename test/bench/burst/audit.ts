import type { BenchStack } from '../stack/bench-stack.js';
import { STEP_CONSUMERS } from '../stack/follow-ups.js';

/** What became of accepted sign-ups. */
export interface Audit {
  /** Accepted, and an account or one of its follow-ups is missing. */
  readonly lost: number;
  /** Follow-ups that happened more than once. */
  readonly duplicates: number;
}

/** Compares what clients were told with the accounts, the ledger, the inboxes and the mails that arrived. */
export async function audit(stack: BenchStack, accepted: readonly string[]): Promise<Audit> {
  const rows = await stack.database.query<{ email: string; steps: string; guides: string }>(
    `SELECT email,
            (SELECT count(*) FROM messaging.deliveries WHERE subject = u.id::text AND status = 'done'
                 AND consumer = ANY ($1::text[])) AS steps,
            (SELECT count(*) FROM notification.notifications WHERE user_id = u.id) AS guides
       FROM accounts.users AS u`,
    [STEP_CONSUMERS],
  );
  const accounts = new Map(rows.map((row) => [row.email, row]));
  const mails = new Map<string, number>();
  for (const to of stack.mail.recipients) mails.set(to, (mails.get(to) ?? 0) + 1);
  const isWhole = (email: string) =>
    Number(accounts.get(email)?.steps) === STEP_CONSUMERS.length && mails.has(email);
  const repeated = (counts: Iterable<number>) =>
    [...counts].reduce((sum, count) => sum + Math.max(0, count - 1), 0);
  return {
    lost: accepted.filter((email) => !isWhole(email)).length,
    duplicates: repeated(mails.values()) + repeated(rows.map(({ guides }) => Number(guides))),
  };
}
