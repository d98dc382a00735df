import type { DataSource } from 'typeorm';

// Any number that nobody else locks; it reads "usher" in ASCII.
const MIGRATION_LOCK = 0x7573686572;

/**
 * Brings the schema up to date and answers with the names of the migrations that ran.
 * Processes that migrate at the same time wait for each other.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    return ran.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}
