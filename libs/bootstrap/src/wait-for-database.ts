import { Logger } from '@nestjs/common';
import { Database } from '#libs/database';
import { Backoff, connectionProblem, type Readiness } from '#libs/service-defaults';
import type { DataSource } from 'typeorm';

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
    const found = await tryToConnect(dataSource);
    if (found !== problem && found) logger.warn(`${found}; trying again`);
    problem = found;
    if (!found) return;
    await backoff.wait(signal);
  }
}

async function tryToConnect(dataSource: DataSource): Promise<string | undefined> {
  try {
    if (!dataSource.isInitialized) await dataSource.initialize();
    return (await dataSource.showMigrations())
      ? 'the schema is behind this version: run `usher migrate`'
      : undefined;
  } catch (error) {
    return `no connection to the database (${connectionProblem(error)})`;
  }
}

async function ping(database: Database): Promise<undefined> {
  await database.query('SELECT 1');
}
