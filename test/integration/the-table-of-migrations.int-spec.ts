import { createDataSource, migrate, pendingMigrations } from '#libs/database';
import type { DataSource } from 'typeorm';
import { AddColumn1999000000001 } from '../support/add-column.migration.js';
import { moveMigrationsToPublic } from '../support/database-from-before.js';
import { given } from '../support/environment.js';
import { randomName } from '../support/random-name.js';
import {
  administer,
  createTestDatabase,
  type TestDatabase,
  dropAllSchemas,
} from '../support/test-database.js';

let db: TestDatabase;
let source: DataSource;

beforeEach(async () => {
  db = await createTestDatabase();
  source = await createDataSource({ url: db.url, applicationName: 'test' }).initialize();
});

afterEach(async () => {
  await source.destroy();
  await db.drop();
});

it('a new database has nothing of ours in the schema public', async () => {
  await expect(
    db.database.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`),
  ).resolves.toEqual([]);
  await expect(pendingMigrations(db.database)).resolves.toEqual([]);
});

it('a database from before keeps its table, where the release before looks for it', async () => {
  await moveMigrationsToPublic(db.database);
  await expect(pendingMigrations(db.database)).resolves.toEqual([]);
  await expect(migrate(source)).resolves.toEqual([]);
  const added = { migrations: [AddColumn1999000000001] };
  await expect(migrate(source, added)).resolves.toEqual(['AddColumn1999000000001']);
  await expect(migrate(source, added)).resolves.toEqual([]);
  const [last] = await db.database.query(
    'SELECT "timestamp", name FROM public.migrations ORDER BY id DESC LIMIT 1',
  );
  expect(last).toEqual({ timestamp: '1999000000001', name: 'AddColumn1999000000001' });
  await expect(
    db.database.query(`SELECT 1 FROM pg_namespace WHERE nspname = 'migrations'`),
  ).resolves.toEqual([]);
});

it('a table of the same name that belongs to another program is not taken for ours', async () => {
  await dropAllSchemas(db.database);
  await db.database.query('CREATE TABLE public.migrations (id serial PRIMARY KEY, migration text)');
  await expect(migrate(source)).resolves.not.toEqual([]);
  await expect(pendingMigrations(db.database)).resolves.toEqual([]);
  await expect(db.database.query('SELECT * FROM public.migrations')).resolves.toEqual([]);
});

it('a new database of another encoding is refused with what to do', async () => {
  const name = `test_${randomName()}`;
  const server = given('DATABASE_URL');
  await administer(
    server,
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'`,
  );
  const url = new URL(server);
  url.pathname = `/${name}`;
  const other = await createDataSource({ url: url.href, applicationName: 'test' }).initialize();
  await expect(migrate(other)).rejects.toThrow(
    /encoding SQL_ASCII.*CREATE DATABASE usher ENCODING/,
  );
  await other.destroy();
  await administer(server, `DROP DATABASE ${name}`);
});
