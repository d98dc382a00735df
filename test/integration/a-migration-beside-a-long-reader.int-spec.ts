import {
  createDataSource,
  Database,
  migrate,
  MigrationBlockedError,
  type MigrateOptions,
  type OpenTransaction,
} from '#libs/database';
import { randomUUID } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { AddColumn1999000000001 } from '../support/add-column.migration.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

class AddIndex1999000000002 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS accounts.users_country');
    await runner.query('CREATE INDEX CONCURRENTLY users_country ON accounts.users (country)');
  }
  async down(): Promise<void> {}
}

class InBatches1999000000003 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    await runner.startTransaction();
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; LOCK TABLE accounts.users`);
    await runner.commitTransaction();
  }
  async down(): Promise<void> {}
}

/** As an app has it, in milliseconds: longer than a migration may hold it up. */
const STATEMENT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 1_000;
const SECRET = 'a value to keep from the log';

let db: TestDatabase;
let migrating: DataSource;
let reading: DataSource;
let reader: OpenTransaction;
let lines: string[];

beforeEach(async () => {
  db = await createTestDatabase(undefined, STATEMENT_TIMEOUT_MS);
  const connect = (applicationName: string) =>
    createDataSource({
      url: db.url,
      applicationName,
      poolSize: 3,
      statementTimeoutMs: 60_000,
    }).initialize();
  migrating = await connect('usher migrate');
  reading = await connect('pg_dump');
  reader = await new Database(reading).begin();
  // As pg_dump has it: one snapshot to its end.
  await reader.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT email FROM accounts.users WHERE display_name <> $1', [SECRET]);
  lines = [];
});

afterEach(async () => {
  await reader.rollback();
  await migrating.destroy();
  await reading.destroy();
  await db.drop();
});

function migrateBeside(options: MigrateOptions): Promise<string[]> {
  const onProgress = (line: string) => void lines.push(line);
  return migrate(migrating, { lockTimeoutMs: LOCK_TIMEOUT_MS, onProgress, ...options });
}

const triedAgain = () => lines.filter((line) => line.includes('attempt')).length;

async function signUp(): Promise<void> {
  await db.database.query(
    `INSERT INTO accounts.users (id, email, display_name, password_hash, locale, registration_event_id)
     VALUES ($1, $2, 'Mei', '…', 'en', $1)`,
    [randomUUID(), `${randomUUID()}@example.com`],
  );
}

/** Sign-ups one after another until `until` says so; how many there were. Rejects as soon as one fails. */
async function signUps(until: () => boolean): Promise<number> {
  let count = 0;
  for (; !until(); count++) await signUp();
  return count;
}

it('sign-ups go on while a migration waits, and it is done once the reader has ended', async () => {
  const migration = migrateBeside({ migrations: [AddColumn1999000000001] });
  migration.catch(() => undefined);
  await expect(signUps(() => triedAgain() >= 3)).resolves.toBeGreaterThan(0);
  await reader.rollback();
  await expect(migration).resolves.toEqual(['AddColumn1999000000001']);
  await expect(db.database.query('SELECT nickname FROM accounts.users')).resolves.not.toEqual([]);
});

it('it says what it waits for and who holds it, but not what that one asks', async () => {
  const migration = migrateBeside({ migrations: [AddColumn1999000000001] });
  await eventually(() => lines.some((line) => line.includes('held by')));
  await reader.rollback();
  await migration;
  expect(lines.find((line) => line.includes('held by'))).toMatch(
    /^AddColumn1999000000001 waits for accounts\.users \(AccessExclusiveLock\), held by process \d+ \(pg_dump, role usher, since \d{4}-\d\d-\d\dT[\d:.]+Z\)$/,
  );
  expect(lines.join('\n')).not.toContain(SECRET);
  expect(lines.join('\n')).not.toContain('SELECT');
});

it('it gives up in the end, names the process that is in its way, and has changed nothing', async () => {
  const migration = migrateBeside({ migrations: [AddColumn1999000000001], waitMs: 3_000 });
  const error = await migration.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MigrationBlockedError);
  expect((error as Error).message).toMatch(
    /held by process \d+ \(pg_dump.*Nothing of it was kept.*pg_terminate_backend/,
  );
  await signUp();
  await reader.rollback();
  await expect(migrateBeside({ migrations: [AddColumn1999000000001] })).resolves.toHaveLength(1);
});

it('of a migration without a transaction it does not say that nothing was kept', async () => {
  const migration = migrateBeside({ migrations: [InBatches1999000000003], waitMs: 1_000 });
  const error = await migration.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MigrationBlockedError);
  expect((error as Error).message).toMatch(/ What it has done so far is kept\. /);
});

it('an index that is built concurrently waits for the reader, and sign-ups do not wait for it', async () => {
  let isDone = false;
  const migration = migrateBeside({ migrations: [AddIndex1999000000002] }).finally(
    () => (isDone = true),
  );
  await signUps(() => lines.some((line) => line.includes('pg_dump')) || isDone);
  expect(isDone).toBe(false);
  await signUp();
  await reader.rollback();
  await expect(migration).resolves.toEqual(['AddIndex1999000000002']);
  const [index] = await db.database.query<{ valid: boolean }>(
    `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'accounts.users_country'::regclass`,
  );
  expect(index).toEqual({ valid: true });
});

it('a second one waits for the first, and names it', async () => {
  const other = await createDataSource({ url: db.url, applicationName: 'other' }).initialize();
  const first = migrateBeside({ migrations: [AddColumn1999000000001] });
  await eventually(() => lines.length > 0);
  const said: string[] = [];
  const second = migrate(other, {
    migrations: [AddColumn1999000000001],
    onProgress: (line) => void said.push(line),
  });
  await eventually(() => said.length > 0);
  expect(said[0]).toMatch(/^waiting for another migration, by process \d+ \(usher migrate/);
  await reader.rollback();
  await expect(first).resolves.toHaveLength(1);
  await expect(second).resolves.toHaveLength(0);
  await other.destroy();
});
