import type { DataSource } from 'typeorm';
import { Database } from './database.js';

// Any number that nobody else locks; it reads "usher" in ASCII.
const MIGRATION_LOCK = 0x7573686572;

/**
 * Brings the schema up to date and answers with the names of the migrations that ran.
 * Processes that migrate at the same time wait for each other.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  // A lock of the session would stay on a server connection that a pooler gives to others.
  const transaction = await new Database(dataSource).begin();
  try {
    await transaction.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    return ran.map(({ name }) => name);
  } finally {
    await transaction.rollback();
  }
}
