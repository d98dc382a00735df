import { createDataSource, Database, migrate } from '#libs/database';
import { Client } from 'pg';
import { given } from './environment.js';
import { randomName } from './random-name.js';

/** A migrated database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  readonly drop: () => Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomName()}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(given('DATABASE_URL'));
  url.pathname = `/${name}`;
  const dataSource = await createDataSource({
    url: url.href,
    applicationName: 'test',
    poolSize: 20,
  }).initialize();
  await migrate(dataSource);
  return {
    url: url.href,
    database: new Database(dataSource),
    drop: async () => {
      await dataSource.destroy();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: given('DATABASE_URL') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
