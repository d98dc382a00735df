import { userRegistered, usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { Client } from 'pg';
import { appNames } from '../../tools/start/src/app-command.js';
import { PASSWORD, signUpBody } from '../support/api-client.js';
import { usher } from '../support/command-line.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { nextToken } from '../support/mail-links.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const SLOW_MS = 180_000;
const APPS = appNames();
/** Deliveries of one sign-up. */
const EXPECTED = usherMessaging.consumersOf(userRegistered.type).length;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let stack: Stack;
let broker: TestBroker;
let backup: string;

beforeAll(async () => {
  broker = await TestBroker.connect();
  await broker.deleteAll(topology);
  // What the reconciler of the API would do by itself is for the runbook to do.
  stack = await prepareStack({ RECONCILE_INTERVAL: '1h' });
  // The API serves before it has declared its queues; to look at one that is missing closes the channel.
  await command('topology', 'apply');
}, SLOW_MS);

afterAll(async () => {
  await onServer((sql) => sql(`DROP DATABASE IF EXISTS ${backup} WITH (FORCE)`));
  // Its roles have rights in the backup, too.
  await stack.stop();
  await broker.deleteAll(topology);
  await broker.close();
});

const nameOf = (url: string) => new URL(url).pathname.slice(1);

async function onServer(work: (sql: (text: string) => Promise<unknown>) => Promise<unknown>) {
  const client = new Client({ connectionString: given('DATABASE_URL') });
  await client.connect();
  try {
    await work((text) => client.query(text));
  } finally {
    await client.end();
  }
}

/** Makes `to` what `from` is now, as a dump and its restore would. */
const copyDatabase = (from: string, to: string) =>
  onServer(async (sql) => {
    await sql(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`);
    await sql(`CREATE DATABASE ${to} TEMPLATE ${from}`);
  });

async function command(...args: string[]) {
  const { code, stdout, stderr } = await usher([...args, '--json'], {
    DATABASE_URL: stack.databaseUrl,
    RABBITMQ_URL: given('RABBITMQ_URL'),
    CONSUMER_RETRY_DELAYS: '1s,2s',
  });
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const startApps = (...names: string[]) => Promise.all(names.map((name) => stack.start(name)));
const stopApps = async (apps: Awaited<ReturnType<typeof startApps>>) => {
  for (const { child } of apps) await child.stop();
};

const isComplete = async (token: string) =>
  (await stack.api.get('/v1/me/onboarding', token)).body.complete === true;

const waiting = async () => {
  const depths = await Promise.all(topology.queues.map(({ name }) => broker.depth(name)));
  return depths.reduce((sum, depth) => sum + depth, 0);
};

it(
  'of which the broker knows more ends, by the runbook, with every follow-up that belongs to it and no other',
  async () => {
    backup = `backup_${randomName()}`;
    const [before, lost] = [signUpBody(), signUpBody()];
    const signUp = (body: object) =>
      stack.api.request('POST', '/v1/signups', { body, headers: { 'idempotency-key': 'a-key' } });
    const verify = async (token: string) => {
      const { status } = await stack.api.request('POST', '/v1/email-verifications', {
        body: { token },
      });
      return status;
    };
    // Signed up and published before the backup, and handled after it.
    let api = await startApps('api');
    const { body: known } = await stack.api.request('POST', '/v1/signups', { body: before });
    await eventually(async () => (await waiting()) === EXPECTED);
    await stopApps(api);
    await copyDatabase(nameOf(stack.databaseUrl), backup);
    const all = await startApps(...APPS);
    await eventually(() => isComplete(known.session.token), SLOW_MS);
    const link = await nextToken(stack.smtp, before.email, 'verify-email');
    expect(await verify(link)).toBe(204);
    const logOut = await stack.api.request('DELETE', '/v1/sessions/current', {
      token: known.session.token,
    });
    expect(logOut.status).toBe(204);
    await eventually(async () => (await waiting()) === 0);
    await stopApps(all);
    // Signed up and published after the backup, and never handled.
    api = await startApps('api');
    expect(await signUp(lost)).toMatchObject({ status: 201 });
    await eventually(async () => (await waiting()) === EXPECTED);
    await stopApps(api);

    await copyDatabase(backup, nameOf(stack.databaseUrl));

    for (const { name, messages } of await command('queues', 'list')) {
      if (messages > 0 && !name.endsWith('.dlq')) await command('queues', 'purge', name, '--force');
    }
    await command('migrate');
    await command('topology', 'apply');
    const { missing, resent } = await command('reconcile', '--older-than', '0s', '--fix');
    expect(missing).toHaveLength(EXPECTED);
    expect(new Set(missing.map(({ subject }: { subject: string }) => subject))).toEqual(
      new Set([known.user.id]),
    );
    expect(resent).toBe(EXPECTED);
    await startApps(...APPS);

    await eventually(() => isComplete(known.session.token), SLOW_MS);
    // The session that was ended, and the link that was used, are as before.
    expect(await verify(link)).toBe(204);
    // At least once: the mail of before is not in the database that came back.
    expect(stack.smtp.to(before.email)).toHaveLength(2);
    expect(stack.smtp.to(lost.email)).toHaveLength(0);
    const credentials = { email: lost.email, password: PASSWORD };
    const logIn = await stack.api.request('POST', '/v1/sessions', { body: credentials });
    expect(logIn.status).toBe(401);
    const { status, headers, body: again } = await signUp(lost);
    expect([status, headers.get('idempotency-replayed')]).toEqual([201, null]);
    await eventually(() => isComplete(again.session.token), SLOW_MS);
    expect(stack.smtp.to(lost.email)).toHaveLength(1);
    expect(await command('reconcile', '--older-than', '0s')).toMatchObject({ missing: [] });
  },
  2 * SLOW_MS,
);
