import {
  createDataSource,
  Database,
  migrate,
  MIGRATION_CONNECTIONS,
  whileAlone,
} from '#libs/database';
import { Client } from 'pg';
import {
  startPgbouncer,
  type PgbouncerOptions,
} from '../../tools/embedded-stack/src/parts/pgbouncer.js';
import type { RunningPart } from '../../tools/embedded-stack/src/part.js';
import { given } from '../support/environment.js';
import { describeWithPgbouncer, POOLERS } from '../support/poolers.js';
import { createTestDatabase, type TestDatabase, dropAllSchemas } from '../support/test-database.js';

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A migrated database, and the address of a PgBouncer before it. */
async function behind(options: Omit<PgbouncerOptions, 'url'>): Promise<TestDatabase> {
  const pooler = await startPgbouncer({ ...options, url: given('DATABASE_URL') });
  stops.push(pooler.stop);
  const db = await createTestDatabase(pooler.url);
  stops.push(db.drop);
  return db;
}

/** Another process's way to the same database. */
async function another(url: string, prepared?: 'auto' | 'on' | 'off'): Promise<Database> {
  const source = createDataSource({ url, applicationName: 'another', poolSize: 4, prepared });
  await source.initialize();
  stops.push(() => source.destroy());
  return new Database(source);
}

/** A client that sets nothing and asks one thing. */
async function ask(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows[0] as Record<string, unknown>;
}

for (const { version, mode } of POOLERS) {
  describeWithPgbouncer(version)(`behind PgBouncer ${version} in ${mode} mode`, () => {
    let db: TestDatabase;
    let pooler: RunningPart;
    beforeAll(async () => {
      // Fewer than there are clients; in session mode each of them has one of the server to itself.
      const settings = { default_pool_size: mode === 'transaction' ? 3 : 40 };
      pooler = await startPgbouncer({ url: given('DATABASE_URL'), version, mode, settings });
      db = await createTestDatabase(pooler.url);
    });
    afterAll(async () => {
      await db.drop();
      await pooler.stop();
    });

    it('statements are prepared if the pooler holds them', async () => {
      await expect(db.database.session()).resolves.toMatchObject({
        isPooled: true,
        prepares: version === '1.24' && mode === 'transaction',
      });
    });

    it('each statement gets its own answer when two clients share the server connections', async () => {
      const databases = [db.database, await another(db.url)];
      const askOne = async (n: number) => {
        const [row] = await databases[n % 2]!.query(`SELECT $1::int AS "of ${n % 7}"`, [n]);
        expect(row).toEqual({ [`of ${n % 7}`]: n });
      };
      // More at a time than there are connections, and not so many that one waits for seconds.
      let next = 0;
      const askOn = async () => {
        while (next < 300) await askOne(next++);
      };
      await Promise.all(Array.from({ length: 24 }, askOn));
    });

    it('a transaction has its time limits, and leaves none behind', async () => {
      const limits = `SELECT current_setting('statement_timeout') AS statement,
                           current_setting('idle_in_transaction_session_timeout') AS idle`;
      const [within] = await db.database.transaction((transaction) => transaction.query(limits));
      expect(within).toEqual({ statement: '10s', idle: '1min' });
      for (const others of await Promise.all([1, 2, 3, 4].map(() => ask(db.url, limits)))) {
        expect(others).toEqual({ statement: '0', idle: '0' });
      }
    });

    it('what one process may do alone, one process does', async () => {
      const other = await another(db.url);
      const inner = await whileAlone(db.database, 'a job', () =>
        whileAlone(other, 'a job', async () => 'both'),
      );
      expect(inner).toBeUndefined();
      await expect(whileAlone(other, 'a job', async () => 'alone')).resolves.toBe('alone');
    });

    it('two processes migrate at once, and one of them does it all', async () => {
      await dropAllSchemas(db.database);
      const runs = await Promise.all(
        [1, 2].map(async () => {
          const options = {
            url: db.url,
            applicationName: 'migrating',
            poolSize: MIGRATION_CONNECTIONS,
          };
          const source = await createDataSource(options).initialize();
          stops.push(() => source.destroy());
          return migrate(source);
        }),
      );
      const [idle, busy] = runs.toSorted((a, b) => a.length - b.length);
      expect(idle).toEqual([]);
      expect(busy!.length).toBeGreaterThan(5);
    });
  });
}

describeWithPgbouncer('1.18')('DATABASE_PREPARED', () => {
  it('on prepares in session mode, where each client has a server connection', async () => {
    const { url } = await behind({ version: '1.18', mode: 'session' });
    const database = await another(url, 'on');
    await database.query('SELECT $1::int', [1]);
    const [row] = await database.query(
      "SELECT count(*)::int AS kept FROM pg_prepared_statements WHERE name LIKE 'usher_%'",
    );
    expect(row).toEqual({ kept: 1 });
  });

  it('off prepares nothing, even without a pooler', async () => {
    const database = await another(given('DATABASE_URL'), 'off');
    await database.query('SELECT $1::int', [1]);
    const [row] = await database.query('SELECT count(*)::int AS kept FROM pg_prepared_statements');
    expect(row).toEqual({ kept: 0 });
  });
});

describeWithPgbouncer('1.24')('a pooler that holds prepared statements no more', () => {
  it('is found out by the statement that fails, which is sent again', async () => {
    const { url, database } = await behind({
      version: '1.24',
      mode: 'transaction',
      settings: { admin_users: 'usher', default_pool_size: 3 },
    });
    const sum = (n: number) => database.query('SELECT $1::int + 1 AS sum', [n]);
    await Promise.all([1, 2, 3, 4].map(sum));
    await expect(database.session()).resolves.toMatchObject({ prepares: true });
    const console = new URL(url);
    console.pathname = '/pgbouncer';
    await ask(console.href, 'SET max_prepared_statements = 0');
    await ask(console.href, 'RECONNECT');
    await expect(Promise.all([1, 2, 3, 4].map(sum))).resolves.toEqual(
      [2, 3, 4, 5].map((n) => [{ sum: n }]),
    );
    await expect(database.transaction((t) => t.query('SELECT $1::int AS n', [7]))).resolves.toEqual(
      [{ n: 7 }],
    );
    await expect(database.session()).resolves.toMatchObject({ prepares: false });
  });
});
