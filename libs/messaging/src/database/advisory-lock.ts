import type { Database } from './database.js';

/**
 * Runs `work` while no other process does the same, whatever machine it is on; undefined when another one
 * does. The lock ends with the connection, so a process that dies leaves none behind.
 * https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 * @param name the same wherever the work is the same; other applications of the database have other names
 */
export async function whileAlone<T>(
  database: Database,
  name: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const transaction = await database.begin();
  try {
    // Waiting for the work may take longer than a transaction may be idle otherwise.
    await transaction.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const [row] = await transaction.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
      [name],
    );
    return row?.locked ? await work() : undefined;
  } finally {
    await transaction.rollback();
  }
}
