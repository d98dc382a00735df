import { formatDuration } from '#libs/service-defaults';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';

/** The time by which every deadline is decided: the database's clock, and how far it was moved on. */
export async function currentTime({ names }: Messaging, sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ now: Date }>(`SELECT ${names.schema}.now() AS now`);
  return row!.now;
}

/** How many milliseconds that clock is ahead of the server's own: 0 unless it was moved on. */
export async function clockAheadMs({ names }: Messaging, sql: Sql): Promise<number> {
  const [row] = await sql.query<{ ms: number }>(
    `SELECT (extract(epoch FROM ahead) * 1000)::float8 AS ms FROM ${names.schema}.clock`,
  );
  return row!.ms;
}

/**
 * Moves the clock on for everybody, so that what is due later is due now. For tests and demonstrations: nothing
 * moves it back.
 * @returns how far it has been moved on in all, such as `25h`
 * @throws Error when that would be more than a hundred years
 */
export async function advanceClock({ names }: Messaging, sql: Sql, byMs: number): Promise<string> {
  const [row] = await sql.query<{ ms: number }>(
    `UPDATE ${names.schema}.clock SET ahead = ahead + $1 * interval '1 millisecond'
      WHERE ahead + $1 * interval '1 millisecond' <= interval '36500 days'
     RETURNING (extract(epoch FROM ahead) * 1000)::float8 AS ms`,
    [byMs],
  );
  if (!row) throw new Error('The clock would be more than a hundred years ahead.');
  return formatDuration(row.ms);
}
