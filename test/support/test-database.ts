import { createDataSource, Database, migrate, type Sql } from '#libs/database';
import { Client } from 'pg';
import { given } from './environment.js';
import { randomName } from './random-name.js';

/** A migrated database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  readonly drop: () => Promise<void>;
}

/** @param server where, if not on the one that `npm test` passes on */
export async function createTestDatabase(
  server = given('DATABASE_URL'),
  statementTimeoutMs?: number,
): Promise<TestDatabase> {
  const name = `test_${randomName()}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const dataSource = await createDataSource({
    url: url.href,
    applicationName: 'test',
    poolSize: 20,
    statementTimeoutMs,
  }).initialize();
  await migrate(dataSource);
  return {
    url: url.href,
    database: new Database(dataSource),
    drop: async () => {
      await dataSource.destroy();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Leaves a database as it was before its first migration. */
export async function dropAllSchemas(sql: Sql): Promise<void> {
  const [made] = await sql.query<{ schemas: string }>(
    `SELECT string_agg(nspname, ', ') AS schemas FROM pg_namespace
      WHERE nspname <> 'public' AND nspname !~ '^(pg_|information_schema)'`,
  );
  await sql.query(`DROP SCHEMA ${made!.schemas} CASCADE`);
}

/** One statement on the server itself. */
export async function administer(server: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
