import { tipsDue, usherMessaging } from '#libs/contracts';
import type { Sql } from '#libs/database';
import type { SinkMail } from './mail-sink.js';

/**
 * Schedules the tips of so many people whom the e-mail worker knows.
 * @param due an SQL expression of the moment; `n` is the number of the person
 */
export async function scheduleCrowd(sql: Sql, people: number, due: string): Promise<void> {
  await sql.query(
    `WITH people AS (
       SELECT n, gen_random_uuid() AS id FROM generate_series(1, ${people}) AS n
     ), known AS (
       INSERT INTO email.recipients (user_id, email, display_name, locale, tips, verified_at, profile_version)
       SELECT id, 'crowd-' || id || '@example.com', 'Person', 'en', true, now(), 1 FROM people
     )
     INSERT INTO messaging.scheduled
            (key, due_at, id, type, source, subject, correlation_id, data, expected_consumers)
     SELECT 'journey:tips:' || id, ${due}, gen_random_uuid(), $1, 'crowd', id, 'crowd',
            json_build_object('userId', id), $2 FROM people`,
    [tipsDue.type, usherMessaging.consumersOf(tipsDue.type)],
  );
}

/** How many of the crowd are still to come. */
export async function leftOfCrowd(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ left: number }>(
    `SELECT (SELECT count(*) FROM messaging.scheduled WHERE source = 'crowd')::int
          + (SELECT count(*) FROM messaging.outbox AS o WHERE source = 'crowd' AND NOT EXISTS
              (SELECT FROM messaging.deliveries AS d WHERE d.event_id = o.id AND d.status = 'done'))::int AS left`,
  );
  return row!.left;
}

/** What became of a crowd; all but `handled` and `mails` is wrong when it is not 0. */
export interface CrowdAudit {
  readonly handled: number;
  readonly mails: number;
  /** People without an event that was handled. */
  readonly lost: number;
  /** People with more than one event: it was promoted twice. */
  readonly promotedTwice: number;
  /** Events that the ledger says were done more than once. */
  readonly doneTwice: number;
  /** People who got no mail. */
  readonly withoutMail: number;
  /** Mails beyond the first that the message log does not know to be possible. */
  readonly unexplainedMails: number;
}

export async function auditCrowd(sql: Sql, mails: readonly SinkMail[]): Promise<CrowdAudit> {
  // The planner knows nothing of tables that were filled just now.
  await sql.query(
    'ANALYZE email.recipients, email.messages, messaging.outbox, messaging.deliveries, witness.effects',
  );
  const rows = await sql.query<{
    email: string;
    events: number;
    done: number;
    witnessed: number;
    possible: number;
  }>(
    `SELECT r.email, count(o.id)::int AS events,
            count(d.event_id) FILTER (WHERE d.status = 'done')::int AS done,
            coalesce(max(w.times), 0)::int AS witnessed,
            coalesce(sum(m.possible_duplicates), 0)::int AS possible
       FROM email.recipients AS r
       LEFT JOIN messaging.outbox AS o ON o.subject = r.user_id::text AND o.source = 'crowd'
       LEFT JOIN messaging.deliveries AS d ON d.event_id = o.id
       LEFT JOIN email.messages AS m ON m.event_id = o.id
       LEFT JOIN (SELECT about, count(*) AS times FROM witness.effects WHERE effect = 'ledger' GROUP BY about) AS w
         ON w.about = d.consumer || ' ' || o.id
      WHERE r.email LIKE 'crowd-%' GROUP BY r.email`,
  );
  const arrived = new Map<string, number>();
  for (const { to } of mails) arrived.set(to, (arrived.get(to) ?? 0) + 1);
  const count = (isSo: (row: (typeof rows)[number]) => boolean) => rows.filter(isSo).length;
  return {
    handled: count(({ done }) => done >= 1),
    mails: mails.length,
    lost: count(({ done }) => done === 0),
    promotedTwice: count(({ events }) => events > 1),
    doneTwice: count(({ witnessed }) => witnessed > 1),
    withoutMail: count(({ email }) => !arrived.has(email)),
    unexplainedMails: count(({ email, possible }) => (arrived.get(email) ?? 0) > 1 + possible),
  };
}
