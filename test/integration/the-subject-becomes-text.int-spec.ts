import {
  createDataSource,
  Database,
  migrate,
  migrations,
  type OpenTransaction,
} from '#libs/database';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { DataSource } from 'typeorm';
import { built } from '../../tools/embedded-stack/src/paths.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { createLeastRoles, type LeastRoles } from '../support/least-roles.js';
import { randomName } from '../support/random-name.js';
import { schemaOf } from '../support/schema-of.js';
import { administer, createTestDatabase } from '../support/test-database.js';

const isOfSubject = ({ name }: { readonly name: string }) => /Subject(Column|Fill|Swap)/.test(name);
/** Those of the subject last: a later one may make a table that the roles have rights on. */
const ordered = migrations.toSorted((a, b) => Number(isOfSubject(a)) - Number(isOfSubject(b)));

/** Several batches of the fill in each table. */
const ROWS = 20_000;
const STEPS = migrations.filter(({ name }) => /^(Outbox|Deliveries)Subject/.test(name));
const [COLUMN, FILL] = STEPS.map(({ name }) => name) as [string, string];

// As the release before sends them, prepared, on connections that stay open.
const APPEND = `
  INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id,
                                causation_id, traceparent, data, expected_consumers)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const CLAIM = `
  UPDATE messaging.outbox AS o
     SET owner = $1, available_at = now() + $3 * interval '1 millisecond'
    FROM (SELECT id FROM messaging.outbox
           WHERE published_at IS NULL AND available_at <= now()
           ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) AS due
   WHERE o.id = due.id
  RETURNING o.id, o.subject`;
const MARK_DONE = `
  INSERT INTO messaging.deliveries AS d
         (consumer, event_id, subject, status, attempts, completed_at)
  VALUES ($1, $2, $3, 'done', $4, clock_timestamp())
  ON CONFLICT (consumer, event_id) DO UPDATE
     SET status = 'done', attempts = excluded.attempts, completed_at = excluded.completed_at,
         updated_at = excluded.completed_at, next_attempt_at = NULL, last_error = NULL, reason = NULL
   WHERE d.status <> 'done'
  RETURNING d.status`;
const LEASE = `
  INSERT INTO messaging.deliveries AS d
         (consumer, event_id, subject, status, attempts, owner, lease_until)
  VALUES ($1, $2, $3, 'processing', 1, $2, now())`;

let url: string;
let sources: DataSource[];
let roles: LeastRoles;
let owner: Database;
let migrating: DataSource;
/** The API of the release before: one connection, with the rights of its role. */
let api: Database;
let lines: string[];
/** What every event is about, by its id. */
let subjects: Map<string, string>;

async function connect(to: string, applicationName: string, poolSize: number) {
  const source = await createDataSource({
    url: to,
    applicationName,
    poolSize,
    prepared: 'on',
  }).initialize();
  sources.push(source);
  return source;
}

beforeEach(async () => {
  [sources, lines, subjects] = [[], [], new Map()];
  const address = new URL(given('DATABASE_URL'));
  address.pathname = `/test_${randomName()}`;
  url = address.href;
  await administer(given('DATABASE_URL'), `CREATE DATABASE ${address.pathname.slice(1)}`);
  const source = await connect(url, 'owner', 3);
  await migrate(source, { migrations: ordered.slice(0, indexOf(COLUMN)) });
  owner = new Database(source);
  roles = await createLeastRoles(url);
  // As on a server whose administrator allows no function to everybody.
  await owner.query(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${roles.prefix}migrate REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
  );
  migrating = await connect(roles.urlOf('migrate'), 'usher migrate', 3);
  api = new Database(await connect(roles.urlOf('api'), 'api', 1));
});

afterEach(async () => {
  for (const source of sources) await source.destroy();
  const name = new URL(url).pathname.slice(1);
  await administer(given('DATABASE_URL'), `DROP DATABASE ${name} WITH (FORCE)`);
  await roles.drop();
});

const indexOf = (name: string) => ordered.findIndex((migration) => migration.name === name);

/** Everything up to this migration, or everything. */
const migrateTo = (last = ordered.at(-1)!.name) =>
  migrate(migrating, {
    migrations: ordered.slice(0, indexOf(last) + 1),
    onProgress: (line) => void lines.push(line),
  });

/** Many events and deliveries of before. */
async function fillTables(): Promise<void> {
  await owner.query(
    `WITH o AS (
       INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers, published_at)
       SELECT gen_random_uuid(), 'old', 'api', gen_random_uuid(), now(), 'c', '{}', '{}', now()
         FROM generate_series(1, $1) RETURNING id, subject)
     INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts, completed_at)
     SELECT 'old', id, subject, 'done', 1, now() FROM o`,
    [ROWS],
  );
  const rows = await owner.query<{ id: string; subject: string }>(
    'SELECT id, subject FROM messaging.outbox',
  );
  for (const { id, subject } of rows) subjects.set(id, subject);
}

/** An event and its delivery, the latter by an INSERT and then an UPDATE. */
async function signUp(): Promise<string> {
  const [id, subject] = [randomUUID(), randomUUID()];
  const time = new Date().toISOString();
  await api.transaction((sql) =>
    sql.query(APPEND, [id, 'new', 'api', subject, time, 'c', null, null, '{}', ['new']]),
  );
  await api.query(LEASE, ['new', id, subject]);
  await api.query(MARK_DONE, ['new', id, subject, 1]);
  subjects.set(id, subject);
  return id;
}

const claim = () => api.query<{ id: string; subject: string }>(CLAIM, [randomUUID(), 100, 0]);

/** Both tables hold every event that was written, each with its subject. */
async function expectAllSubjects(): Promise<void> {
  const rows = await owner.query<{ id: string; written: string; delivered: string }>(
    `SELECT o.id, o.subject AS written, d.subject AS delivered
       FROM messaging.outbox AS o JOIN messaging.deliveries AS d ON d.event_id = o.id`,
  );
  expect(rows).toHaveLength(subjects.size);
  const wrong = rows.filter(
    ({ id, written, delivered }) => written !== subjects.get(id) || delivered !== written,
  );
  expect(wrong).toEqual([]);
}

async function expectSchemaOfANewDatabase(): Promise<void> {
  const fresh = await createTestDatabase();
  try {
    await expect(schemaOf(owner)).resolves.toEqual(await schemaOf(fresh.database));
  } finally {
    await fresh.drop();
  }
}

it('what the release before writes at any time, on connections that stay open, is there with its subject', async () => {
  await fillTables();
  for (const { name } of STEPS) {
    await signUp();
    await claim();
    await migrateTo(name);
    await signUp();
    const claimed = await claim();
    expect(claimed.length).toBeGreaterThan(1);
    for (const { id, subject } of claimed) expect(subject).toBe(subjects.get(id));
  }
  await expectAllSubjects();
  await expectSchemaOfANewDatabase();
});

it('a row of before that is written while it waits for its turn is filled at once', async () => {
  const id = await signUp();
  await migrateTo(COLUMN);
  await claim();
  await expect(
    owner.query('SELECT subject_text FROM messaging.outbox WHERE id = $1', [id]),
  ).resolves.toEqual([{ subject_text: subjects.get(id) }]);
});

it('a new database has texts of at most 200 characters, and no name is another than before', async () => {
  await migrateTo();
  const schema = (await schemaOf(owner)).map(({ what }) => what);
  expect(schema.filter((what) => /(deliveries|outbox).*subject/.test(what))).toEqual([
    'CREATE INDEX deliveries_subject ON messaging.deliveries USING btree (subject) t',
    'CREATE INDEX outbox_subject ON messaging.outbox USING btree (subject) t',
    'messaging.deliveries.deliveries_subject_length CHECK ((char_length(subject) <= 200)) t',
    'messaging.deliveries.subject text t ',
    'messaging.outbox.outbox_subject_length CHECK ((char_length(subject) <= 200)) t',
    'messaging.outbox.subject text t ',
  ]);
  const lease = (subject: string) => owner.query(LEASE, ['any', randomUUID(), subject]);
  await lease('é'.repeat(200));
  await expect(lease('é'.repeat(201))).rejects.toThrow('deliveries_subject_length');
  const time = new Date().toISOString();
  const append = (subject: string) =>
    owner.query(APPEND, [randomUUID(), 't', 's', subject, time, 'c', null, null, '{}', []]);
  await append('é'.repeat(200));
  await expect(append('é'.repeat(201))).rejects.toThrow('outbox_subject_length');
});

it('what up does, down takes back', async () => {
  const before = await schemaOf(owner);
  await signUp();
  await migrateTo();
  const runner = migrating.createQueryRunner();
  for (const migration of STEPS.toReversed()) await new migration(() => undefined).down(runner);
  await runner.release();
  await expect(schemaOf(owner)).resolves.toEqual(before);
  await expectAllSubjects();
});

describe('a migration that is interrupted', () => {
  /** Somebody who is in the way, until `rollback`. */
  let inTheWay: OpenTransaction;

  beforeEach(async () => {
    await fillTables();
  });

  afterEach(() => inTheWay.rollback());

  async function hold(sql: string): Promise<void> {
    inTheWay = await owner.begin();
    await inTheWay.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await inTheWay.query(sql);
  }

  const LAST_ROW = 'SELECT id FROM messaging.outbox ORDER BY ctid DESC LIMIT 1 FOR UPDATE';
  const OTHER_TABLE = 'SELECT id FROM accounts.users';
  const SAME_TABLE = 'SELECT id FROM messaging.outbox LIMIT 1';
  const A_PART = `SELECT count(subject_text) BETWEEN ${ROWS / 4} AND ${ROWS - 1} AS is FROM messaging.outbox`;
  const AN_INVALID_INDEX = `SELECT NOT indisvalid AS is FROM pg_index
                             WHERE indexrelid = 'messaging.outbox_subject_text'::regclass`;
  const ALL_AS_BEFORE = `SELECT pg_typeof(subject) = 'uuid'::regtype AS is FROM messaging.outbox LIMIT 1`;

  /** The connections of migrations that wait for a lock. */
  const waiting = (then = '') =>
    owner.query(
      `SELECT pid ${then} FROM pg_stat_activity WHERE datname = current_database()
          AND application_name = 'usher migrate' AND wait_event_type = 'Lock'`,
    );
  const isWaiting = async () => (await waiting()).length > 0;
  const endOneThatWaits = () =>
    eventually(async () => (await waiting(', pg_terminate_backend(pid)')).length > 0);

  async function expectTheNextOneToEndIt(): Promise<void> {
    await signUp();
    await inTheWay.rollback();
    await migrateTo();
    await signUp();
    await expectAllSubjects();
    await expectSchemaOfANewDatabase();
  }

  it.each([
    ['while it fills', COLUMN, LAST_ROW, 'a part', A_PART],
    ['while it builds the index', COLUMN, OTHER_TABLE, 'an invalid index', AN_INVALID_INDEX],
    ['while it swaps', FILL, SAME_TABLE, 'all as before', ALL_AS_BEFORE],
  ])('%s is ended by the next one', async (_, last, sql, __, left) => {
    await migrateTo(last);
    await hold(sql);
    const migration = migrateTo();
    migration.catch(() => undefined);
    await endOneThatWaits();
    await expect(migration).rejects.toThrow(/terminat/);
    await expect(owner.query(left)).resolves.toEqual([{ is: true }]);
    await expectTheNextOneToEndIt();
  });

  it('by SIGKILL, is ended by the next one', async () => {
    await migrateTo(COLUMN);
    await hold(LAST_ROW);
    const program = built('tools/usher-cli/src/main.js');
    const child = spawn(process.execPath, [program, 'migrate'], {
      env: { ...process.env, DATABASE_URL: roles.urlOf('migrate') },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await eventually(isWaiting);
    child.kill('SIGKILL');
    await ended;
    await expectTheNextOneToEndIt();
  });
});
