import type { Messaging } from '../contract/messaging.js';
import type { Database } from '../database/database.js';
import { consumedTypes } from './scheduled.query.js';

/** So many events in the outbox that were not tried yet, and no room for one more. */
const MOST_UNTRIED = 400;

/** What one promotion has done. */
export interface Promotion {
  /** Of each event that was moved, how many seconds after it was due. */
  readonly lateSeconds: readonly number[];
  /** How many more the outbox has room for. */
  readonly roomLeft: number;
}

/**
 * Moves events that are due to the outbox, the most overdue first, as long as fewer than {@link MOST_UNTRIED} wait
 * there that were not tried yet: so a crowd of due events never keeps a fresh one waiting. The time of an event
 * becomes that of the move. One promoter moves at a time, whatever machine it is on; two of them would both
 * fill the same room.
 * @returns undefined while another one moves
 */
export async function promote(
  messaging: Messaging,
  database: Database,
): Promise<Promotion | undefined> {
  const { schema, prefix } = messaging.names;
  const transaction = await database.begin();
  try {
    // The commit need not wait for the disk: that of the relay's claim does, and lies behind it in the log. What a
    // crash takes back before that is still scheduled, and was not published.
    const [turn] = await transaction.query<{ mine: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS mine, set_config('synchronous_commit', 'off', true)`,
      [`${prefix} promote`],
    );
    if (!turn?.mine) {
      await transaction.rollback();
      return undefined;
    }
    const [promotion] = await transaction.query<Promotion>(
      `WITH clock AS (
         SELECT ${schema}.now() AS now
       ), room AS (
         SELECT greatest(0, $1 - 1 - count(*)) AS events
           FROM (SELECT FROM ${schema}.outbox WHERE published_at IS NULL AND attempts = 0
                  ORDER BY id LIMIT (SELECT $1::int)) AS untried
       ), due AS (
         -- By ctid, which the lock keeps in place: the rows that are due later are never read.
         DELETE FROM ${schema}.scheduled WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${schema}.scheduled
            WHERE due_at <= (SELECT now FROM clock) AND type = ANY ($2::text[])
            ORDER BY due_at LIMIT (SELECT events FROM room) FOR UPDATE SKIP LOCKED))
         RETURNING *
       ), moved AS (
         INSERT INTO ${schema}.outbox
                (id, type, source, subject, occurred_at, correlation_id, causation_id, traceparent, data,
                 expected_consumers, promoted)
         SELECT id, type, source, subject, clock_timestamp(), correlation_id, causation_id, traceparent, data,
                expected_consumers, true
           FROM due
       )
       SELECT coalesce(array_agg(extract(epoch FROM clock.now - due.due_at)::float8)
                         FILTER (WHERE due.key IS NOT NULL), '{}') AS "lateSeconds",
              (min(room.events) - count(due.key))::int AS "roomLeft"
         FROM clock CROSS JOIN room LEFT JOIN due ON true`,
      [MOST_UNTRIED, consumedTypes(messaging)],
    );
    await transaction.commit();
    return promotion!;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
