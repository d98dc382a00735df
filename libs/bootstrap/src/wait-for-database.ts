import { Logger } from '@nestjs/common';
import { Database, pendingMigrations } from '#libs/database';
import { Backoff, connectionProblem, type Readiness } from '#libs/service-defaults';
import type { DataSource } from 'typeorm';

/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Connects, and waits for the schema: a database that is away or not yet migrated is tried again with
 * back-off, and said so in the readiness.
 */
export async function waitForDatabase(
  dataSource: DataSource,
  readiness: Readiness,
  signal: AbortSignal,
): Promise<void> {
  const logger = new Logger('Database');
  const backoff = new Backoff(200, 5_000);
  let problem: string | undefined = 'not connected yet';
  const database = new Database(dataSource);
  readiness.add('database', () => problem ?? ping(database));
  while (!signal.aborted) {
    const found = await tryToConnect(dataSource, database);
    if (found !== problem && found) logger.warn(`${found}; trying again`);
    problem = found;
    if (!found) return;
    await backoff.wait(signal);
  }
}

async function tryToConnect(
  dataSource: DataSource,
  database: Database,
): Promise<string | undefined> {
  try {
    if (!dataSource.isInitialized) await dataSource.initialize();
    return (await pendingMigrations(database)).length > 0
      ? 'the schema is behind this version: run `usher migrate`'
      : undefined;
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return code === INSUFFICIENT_PRIVILEGE
      ? `the role of DATABASE_URL lacks rights (${message}): \`usher grants\` prints them`
      : `no connection to the database (${connectionProblem(error)})`;
  }
}

async function ping(database: Database): Promise<undefined> {
  await database.query('SELECT 1');
}
