import { createDataSource, Database } from '#libs/database';
import type { RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { signUpBody } from '../support/api-client.js';
import { usher } from '../support/command-line.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { createLeastRoles, type LeastRoles } from '../support/least-roles.js';
import { randomName } from '../support/random-name.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { administer } from '../support/test-database.js';

const APPS = appNames();
const WORKERS = APPS.slice(1);

const database = `test_${randomName()}`;
/** May make roles and owns the database, but is no superuser, as on a managed server. */
const administrator = `test_${randomName()}`;
const urlAs = (user: string) => {
  const url = new URL(given('DATABASE_URL'));
  url.username = user;
  url.password = 'usher';
  url.pathname = `/${database}`;
  return url.href;
};

let roles: LeastRoles;
let stack: Stack;
const running: RunningApp[] = [];

beforeAll(async () => {
  const server = given('DATABASE_URL');
  await administer(server, `CREATE ROLE ${administrator} LOGIN CREATEROLE PASSWORD 'usher'`);
  await administer(server, `CREATE DATABASE ${database} OWNER ${administrator}`);
  roles = await createLeastRoles(urlAs(administrator));
  stack = await prepareStack();
});

afterAll(async () => {
  await stack.stop();
  await administer(given('DATABASE_URL'), `DROP DATABASE ${database} WITH (FORCE)`);
  await roles.drop();
  await administer(given('DATABASE_URL'), `DROP ROLE ${administrator}`);
});

/** Runs a statement as the role of an app; its rows, or the SQLSTATE of its error. */
async function as(name: string, sql: string): Promise<unknown> {
  const options = { url: roles.urlOf(name), applicationName: 'test', poolSize: 1 };
  const source = await createDataSource(options).initialize();
  try {
    return await new Database(source).query(sql);
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await source.destroy();
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

it('a role that owns neither the database nor the schema public migrates, and each app runs with its own role', async () => {
  const migrating = { DATABASE_URL: roles.urlOf('migrate') };
  await expect(as('migrate', 'CREATE TABLE public.any ()')).resolves.toBe(INSUFFICIENT_PRIVILEGE);
  const migrated = await usher(['migrate'], migrating);
  expect(migrated).toMatchObject({ code: 0, stderr: '' });
  const granted = await usher(['grants', '--apply', '--role-prefix', roles.prefix], migrating);
  expect(granted).toMatchObject({ code: 0, stderr: '' });

  for (const app of APPS) running.push(await stack.start(app, { DATABASE_URL: roles.urlOf(app) }));
  const { status, body } = await stack.api.signUp(signUpBody());
  expect(status).toBe(201);
  const { token } = body.session;
  await eventually(async () => (await stack.api.get('/v1/me/onboarding', token)).body.complete);
  const [users] = (await as('migrate', 'SELECT count(*)::int AS users FROM accounts.users')) as [
    unknown,
  ];
  expect(users).toEqual({ users: 1 });
});

it.each(WORKERS)('%s may not read accounts', async (worker) => {
  await expect(as(worker, 'SELECT id FROM accounts.users')).resolves.toBe(INSUFFICIENT_PRIVILEGE);
  await expect(as(worker, 'SELECT token_hash FROM accounts.sessions')).resolves.toBe(
    INSUFFICIENT_PRIVILEGE,
  );
});

it.each([
  ['api', `UPDATE notification.notifications SET title = 'x'`],
  ['api', 'DELETE FROM notification.notifications'],
  ['api', 'SELECT 1 FROM recommendation.impressions'],
  ['api', 'DELETE FROM accounts.users'],
  ['api', 'CREATE TABLE accounts.any ()'],
  ['api', `UPDATE email.messages SET recipient = 'x'`],
  ['api', 'SELECT 1 FROM email.suppressions'],
  ['email-worker', `UPDATE messaging.outbox SET data = '{}'`],
  ['notification-worker', 'INSERT INTO messaging.outbox DEFAULT VALUES'],
  ['notification-worker', 'SELECT 1 FROM notification.notifications'],
  ['recommendation-worker', `UPDATE recommendation.items SET title = 'x'`],
  ['operator', 'SELECT 1 FROM accounts.users'],
  ['operator', `UPDATE messaging.clock SET ahead = '1h'`],
])('%s may not %s', async (role, sql) => {
  await expect(as(role, sql)).resolves.toBe(INSUFFICIENT_PRIVILEGE);
});

it('an operator looks and imports with a role of its own', async () => {
  const env = { DATABASE_URL: roles.urlOf('operator'), RABBITMQ_URL: given('RABBITMQ_URL') };
  await expect(usher(['reconcile', '--older-than', '0s'], env)).resolves.toMatchObject({ code: 0 });
  await expect(usher(['dead-letters', 'list'], env)).resolves.toMatchObject({ code: 0 });
});

it('a worker that relays and promotes has the rights for it, once they are granted', async () => {
  const [worker] = WORKERS;
  const anEvent = `INSERT INTO messaging.scheduled
    (key, due_at, id, type, source, subject, correlation_id, data, expected_consumers)
    SELECT 'test:due:' || id, now(), id, 'tips.due.v1', 'test', id::text, 'test', json_build_object('userId', id), '{}'
      FROM gen_random_uuid() AS id`;
  for (const { child } of running) await child.stop();
  await as('migrate', anEvent);
  const promote = 'DELETE FROM messaging.scheduled';
  await expect(as(worker!, promote)).resolves.toBe(INSUFFICIENT_PRIVILEGE);
  const prefix = ['--role-prefix', roles.prefix];
  const granted = await usher(['grants', '--apply', ...prefix, '--relay', worker!], {
    DATABASE_URL: roles.urlOf('migrate'),
  });
  expect(granted).toMatchObject({ code: 0, stderr: '' });
  await stack.start(worker!, { DATABASE_URL: roles.urlOf(worker!), RELAY: 'on' });
  await eventually(async () => {
    const rows = await as(
      'migrate',
      `SELECT 1 FROM messaging.outbox WHERE source = 'test' AND published_at IS NOT NULL`,
    );
    return (rows as unknown[]).length === 1;
  });
});

describe('usher grants', () => {
  it('prints SQL that names no password, for the roles of a prefix', async () => {
    const { code, stdout } = await usher(['grants', '--role-prefix', 'shop_']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'GRANT SELECT, UPDATE (read_at) ON notification.notifications TO shop_api;',
    );
    expect(stdout).toMatch(/GRANT SELECT, INSERT, UPDATE ON email\.messages TO shop_email_worker;/);
    expect(stdout).not.toMatch(/^[^-]*PASSWORD/m);
  });

  it('with --json prints the rights, and refuses a prefix that is no SQL name', async () => {
    const { stdout } = await usher(['grants', '--json']);
    expect(JSON.parse(stdout)).toContainEqual({
      role: 'usher_notification_worker',
      table: 'notification.notifications',
      privileges: 'INSERT',
    });
    await expect(usher(['grants', '--role-prefix', 'a"b'])).resolves.toMatchObject({ code: 2 });
  });
});
