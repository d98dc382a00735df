import { createDataSource, Database, migrate, migrations } from '#libs/database';
import { randomUUID } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { createLeastRoles, type LeastRoles } from '../support/least-roles.js';
import { randomName } from '../support/random-name.js';
import { administer } from '../support/test-database.js';

const isOfSubject = ({ name }: { readonly name: string }) => /Subject(Column|Fill|Swap)/.test(name);
/** Those of the subject last: a later one may make a table that the roles have rights on. */
const ordered = migrations.toSorted((a, b) => Number(isOfSubject(a)) - Number(isOfSubject(b)));

const FIRST = ordered.findIndex(({ name }) => name.startsWith('OutboxSubject'));
const CONNECTIONS = 5;

// As the release before has them.
const APPEND = {
  name: 'append',
  text: `
  INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers)
  VALUES ($1, 'new', 'api', $2, now(), 'c', '{}', '{}')`,
};
const CLAIM = {
  name: 'claim',
  text: `
  UPDATE messaging.outbox AS o
     SET owner = $1, available_at = now() + $3 * interval '1 millisecond'
    FROM (SELECT id FROM messaging.outbox
           WHERE published_at IS NULL AND available_at <= now()
           ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) AS due
   WHERE o.id = due.id
  RETURNING o.id, o.type, o.source, o.subject, o.occurred_at`,
};
const SETTLE = {
  name: 'settle',
  text: `
  UPDATE messaging.outbox AS o SET published_at = now(), available_at = now(), owner = NULL
    FROM unnest($2::uuid[]) AS s (id) WHERE o.id = s.id AND o.owner = $1
  RETURNING o.id`,
};

let url: string;
let roles: LeastRoles;
let sources: DataSource[];
let owner: Database;
let migrating: DataSource;
/** Of the API of the release before, with the rights of its role. */
let pool: Pool;
let lines: string[];
/** Ends the relay when a test has failed. */
let stopped: AbortController;

async function connect(to: string, applicationName: string): Promise<DataSource> {
  const source = await createDataSource({ url: to, applicationName, poolSize: 3 }).initialize();
  sources.push(source);
  return source;
}

beforeEach(async () => {
  [sources, lines, stopped] = [[], [], new AbortController()];
  const address = new URL(given('DATABASE_URL'));
  address.pathname = `/test_${randomName()}`;
  url = address.href;
  await administer(given('DATABASE_URL'), `CREATE DATABASE ${address.pathname.slice(1)}`);
  const source = await connect(url, 'owner');
  await migrate(source, { migrations: ordered.slice(0, FIRST) });
  owner = new Database(source);
  roles = await createLeastRoles(url);
  migrating = await connect(roles.urlOf('migrate'), 'usher migrate');
  pool = new Pool({
    connectionString: roles.urlOf('api'),
    application_name: 'usher api',
    max: CONNECTIONS,
  });
  pool.on('error', () => undefined);
});

afterEach(async () => {
  stopped.abort();
  await pool.end();
  for (const source of sources) await source.destroy();
  await administer(
    given('DATABASE_URL'),
    `DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`,
  );
  await roles.drop();
});

const toText = (before = ordered.length) =>
  migrate(migrating, {
    migrations: ordered.slice(0, before),
    onProgress: (line) => void lines.push(line),
  });

/** On a connection that goes back to the pool whatever happens, unless the server has ended it. */
async function onConnection<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => (broken = error);
  client.on('error', onError);
  try {
    return await use(client);
  } catch (error) {
    if ((error as { code?: string }).code === '57P01') broken = error as Error;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

const send = (client: PoolClient, prepared: typeof CLAIM, values: unknown[]) =>
  client.query<{ id: string; subject: string }>({ ...prepared, values });

function append(): Promise<unknown> {
  const id = randomUUID();
  return onConnection((client) => send(client, APPEND, [id, id]));
}

async function claim(relay: string) {
  const { rows } = await onConnection((client) => send(client, CLAIM, [relay, 100, 60_000]));
  return rows;
}

/** Every connection of the pool has the claim prepared; their process ids. */
async function claimOnAllConnections(): Promise<number[]> {
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
  for (const client of clients) await send(client, CLAIM, [randomUUID(), 0, 0]);
  clients.forEach((client) => client.release());
  return connections();
}

async function connections(): Promise<number[]> {
  const rows = await owner.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'usher api'`,
  );
  return rows.map(({ pid }) => pid);
}

/** A relay as that of the release before: woken by each sign-up that is committed, it claims and then settles. */
class Relay {
  private readonly owner = randomUUID();
  /** The codes of what failed. */
  readonly failures = { append: [] as unknown[], claim: [] as unknown[], settle: [] as unknown[] };

  /** Sign-ups one after another, each followed by a claim; how many there were. */
  async run(until: AbortSignal): Promise<number> {
    let signUps = 0;
    for (; !until.aborted && !stopped.signal.aborted; signUps++) {
      await this.noteFailure('append', append);
      await this.noteFailure('claim', () => this.relay());
    }
    return signUps;
  }

  async relay(): Promise<void> {
    const rows = await claim(this.owner);
    const ids = rows.map(({ id }) => id);
    await this.noteFailure('settle', () =>
      onConnection((client) => send(client, SETTLE, [this.owner, ids])),
    );
  }

  private async noteFailure(what: keyof Relay['failures'], work: () => Promise<unknown>) {
    await work().catch((error: Error & { code?: string }) =>
      this.failures[what].push(error.code ?? error),
    );
  }
}

it('only claims fail beside it, and none once it is done', async () => {
  const before = await claimOnAllConnections();
  expect(before).toHaveLength(CONNECTIONS);
  const relay = new Relay();
  const migrated = new AbortController();
  const running = Array.from({ length: 3 }, () => relay.run(migrated.signal));

  await toText();
  migrated.abort();
  for (const signUps of await Promise.all(running)) expect(signUps).toBeGreaterThan(1);
  const { append: signUps, claim: claims, settle } = relay.failures;
  expect({ signUps, settle }).toEqual({ signUps: [], settle: [] });
  expect(new Set(claims)).toEqual(new Set(['57P01']));
  expect((await connections()).filter((pid) => before.includes(pid))).toEqual([]);
  expect(lines.join('\n')).not.toContain('Restart');

  await expect(Promise.all(Array.from({ length: 50 }, () => relay.relay()))).resolves.toHaveLength(
    50,
  );
  await expect(
    owner.query(
      'SELECT count(*)::int AS open FROM messaging.outbox WHERE published_at IS NULL OR subject <> id::text',
    ),
  ).resolves.toEqual([{ open: 0 }]);
});

it('a connection that no claim takes stays, and it says which app to restart', async () => {
  await claimOnAllConnections();
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT');
  await toText();
  expect(lines).toEqual([expect.stringMatching(/^Restart usher api once/)]);
  await client.query('COMMIT');
  await expect(send(client, CLAIM, [randomUUID(), 1, 0])).rejects.toMatchObject({ code: '0A000' });
  client.release();
});

it('claims go on while it gives way to somebody else, and it is done by the next attempt', async () => {
  await toText(ordered.findIndex(({ name }) => name.startsWith('OutboxSubjectSwap')));
  const id = randomUUID();
  await owner.query(APPEND.text, [id, id]);
  const reader = await owner.begin();
  await reader.query('SELECT id FROM messaging.outbox LIMIT 1');
  const migration = toText();
  await eventually(() => lines.some((line) => line.includes('gives way')));
  const claimed = await owner.query(CLAIM.text, [randomUUID(), 1, 60_000]);
  expect(claimed).toMatchObject([{ id, subject: id }]);
  await reader.rollback();
  await migration;
});
