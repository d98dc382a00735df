import { tipsDue, usherMessaging } from '#libs/contracts';
import type { Database } from '#libs/database';

/** As many in one statement as its time limit allows by far. */
const BATCH_SIZE = 100_000;

/**
 * Schedules so many events in one statement.
 * @param due an SQL expression of the moment of event number `n`, as `now() + n * interval '1 second'`
 */
export async function scheduleMany(
  database: Database,
  events: number,
  due: string,
  what: string,
  first = 1,
): Promise<void> {
  await database.query(
    `INSERT INTO messaging.scheduled
            (key, due_at, id, type, source, subject, correlation_id, data, expected_consumers)
     SELECT 'bench:${what}:' || n, ${due}, gen_random_uuid(), $1, 'bench', user_id, 'bench',
            json_build_object('userId', user_id), $2
       FROM (SELECT n, gen_random_uuid()::text AS user_id FROM generate_series(${first}, ${first + events - 1}) AS n) AS one`,
    [tipsDue.type, usherMessaging.consumersOf(tipsDue.type)],
  );
}

/** Events that no bench lives to see. */
export async function scheduleLater(database: Database, events: number): Promise<void> {
  for (let first = 1; first <= events; first += BATCH_SIZE)
    await scheduleMany(
      database,
      Math.min(BATCH_SIZE, events - first + 1),
      `now() + interval '1 year' + n * interval '1 second'`,
      'later',
      first,
    );
  await database.query('VACUUM (ANALYZE) messaging.scheduled');
}
