import { Logger } from '@nestjs/common';
import { Database, pendingMigrations, type Prepared, type Session } from '#libs/database';
import { Backoff, connectionProblem, type Readiness } from '#libs/service-defaults';
import type { DataSource } from 'typeorm';

/** SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Connects, and waits for the schema: a database that is away or not yet migrated is tried again with
 * back-off, and said so in the readiness.
 * @param prepared what the configuration says of prepared statements
 */
export async function waitForDatabase(
  dataSource: DataSource,
  prepared: Prepared,
  readiness: Readiness,
  signal: AbortSignal,
): Promise<void> {
  const logger = new Logger('Database');
  const backoff = new Backoff(200, 5_000);
  let problem: string | undefined = 'not connected yet';
  const database = new Database(dataSource);
  readiness.add('database', async () => {
    if (!problem) await database.checkWritable();
    return problem;
  });
  while (!signal.aborted) {
    const found = await tryToConnect(dataSource, database, (session) =>
      advise(session, prepared, logger),
    );
    if (found !== problem && found) logger.warn(`${found}; trying again`);
    problem = found;
    if (!found) return;
    await backoff.wait(signal);
  }
}

async function tryToConnect(
  dataSource: DataSource,
  database: Database,
  onSession: (session: Session) => void,
): Promise<string | undefined> {
  try {
    if (!dataSource.isInitialized) await dataSource.initialize();
    if ((await pendingMigrations(database)).length > 0)
      return 'the schema is behind this version: run `usher migrate`';
    onSession(await database.session());
    return undefined;
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return code === INSUFFICIENT_PRIVILEGE
      ? `the role of DATABASE_URL lacks rights (${message}): \`usher grants\` prints them`
      : `no connection to the database (${connectionProblem(error)})`;
  }
}

/** What the process goes on without, and what an operator sets to have it. */
function advise(
  { isPooled, prepares, hasStatementTimeout }: Session,
  prepared: Prepared,
  logger: Logger,
): void {
  if (!prepares && isPooled && prepared === 'auto') {
    logger.warn(
      'statements are not prepared: the pooler before PostgreSQL does not hold them. With PgBouncer 1.21 or ' +
        'later set max_prepared_statements and pool_mode = transaction; with one server connection for each ' +
        'client (pool_mode = session) set DATABASE_PREPARED=on',
    );
  }
  if (!hasStatementTimeout) {
    logger.warn(
      'statements outside transactions have no time limit: a pooler is between, and the role has none. ' +
        "Set one: ALTER ROLE <role> SET statement_timeout = '10s'",
    );
  }
}
