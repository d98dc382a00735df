import { Client } from 'pg';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { Child } from '../../tools/embedded-stack/src/child.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import type { RunningPart } from '../../tools/embedded-stack/src/part.js';
import { postgres } from '../../tools/embedded-stack/src/parts/postgres.js';
import { built } from '../../tools/embedded-stack/src/paths.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { prepareStack, type Stack } from '../support/stack.js';

const PROGRAM = built('tools/embedded-stack/src/parts/postgres.main.js');
const START_TIMEOUT_MS = 60_000;

let primary: RunningPart;
let standby: RunningPart;
/** The address that both servers share. */
let address: FaultProxy;
let stack: Stack;
let api: RunningApp;
const stops: (() => Promise<unknown>)[] = [];

async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows as Record<string, unknown>[];
}

/** A server, and a copy of it that follows it by streaming replication. */
async function startPair(directory: string): Promise<void> {
  const data = join(directory, 'primary');
  const copy = join(directory, 'standby');
  primary = await postgres(data).start();
  await primary.stop();
  execFileSync('cp', ['-a', data, copy]);
  execFileSync('cp', ['-a', `${data}.password`, `${copy}.password`]);
  primary = await postgres(data).start();
  stops.push(primary.stop);
  await writeFile(join(copy, 'standby.signal'), '');
  const url = new URL(primary.url);
  const source = `primary_conninfo=host=127.0.0.1 port=${url.port} user=usher password=${url.password}`;
  url.port = String(await freePort());
  // Its program says that it is ready as soon as it is a primary.
  const child = new Child('the standby', PROGRAM, { args: [copy, url.port, source] });
  standby = { url: url.href, stop: () => child.stop() };
  stops.push(standby.stop);
  await eventually(() => run(standby.url, 'SELECT 1'), START_TIMEOUT_MS);
}

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'usher-failover-'));
  stops.push(() => rm(directory, { recursive: true, force: true }));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
  await startPair(directory);
  address = await FaultProxy.before(primary.url);
  stops.push(() => address.close());
  stack = await prepareStack({ HASH_QUEUE_TIMEOUT: '60s' }, address.url);
  stops.push(() => stack.stop());
  api = await stack.start('api');
});

afterAll(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const database = () => new URL(stack.databaseUrl).pathname;
const at = (server: RunningPart) =>
  Object.assign(new URL(server.url), { pathname: database() }).href;
const readiness = () => stack.api.get('/readyz');

describe('a primary that turns read only', () => {
  it('is found: sign-ups are asked to come again, and the API is not ready', async () => {
    await Promise.all(Array.from({ length: 5 }, () => stack.api.signUp()));
    await eventually(async () => (await readiness()).status === 200);
    await run(primary.url, 'ALTER SYSTEM SET default_transaction_read_only = on');
    await run(primary.url, 'SELECT pg_reload_conf()');
    await eventually(async () => {
      const [row] = await run(primary.url, 'SHOW default_transaction_read_only');
      return row!['default_transaction_read_only'] === 'on';
    });
    const answer = await stack.api.signUp();
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await expect(readiness()).resolves.toMatchObject({ status: 503 });
    // The reasons are for operators, on a port of their own.
    const reasons = await fetch(`${api.metricsUrl}/readyz`);
    await expect(reasons.text()).resolves.toContain('read only');
  });

  it('is left for the new one, although its connections are still open', async () => {
    await eventually(async () => {
      const counts = await Promise.all(
        [primary, standby].map((server) => run(at(server), 'SELECT count(*) FROM accounts.users')),
      );
      return JSON.stringify(counts[0]) === JSON.stringify(counts[1]);
    });
    await run(standby.url, 'SELECT pg_promote()');
    address.leadTo(standby.url);
    await eventually(async () => (await stack.api.signUp()).status === 201);
    const answers = await Promise.all(Array.from({ length: 20 }, () => stack.api.signUp()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    await expect(readiness()).resolves.toMatchObject({ status: 200 });
    const [row] = await run(at(standby), 'SELECT count(*)::int AS users FROM accounts.users');
    expect(row!['users']).toBe(5 + 1 + 20);
  });
});
