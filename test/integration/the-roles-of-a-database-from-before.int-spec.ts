import { Readiness } from '#libs/service-defaults';
import { createDataSource, Database, migrate, pendingMigrations } from '#libs/database';
import type { DataSource } from 'typeorm';
import { waitForDatabase } from '#libs/bootstrap';
import { grantsScript, roleName } from '../../tools/usher-cli/src/grants/grants-script.js';
import { AddColumn1999000000001 } from '../support/add-column.migration.js';
import { moveMigrationsToPublic } from '../support/database-from-before.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { createLeastRoles, type LeastRoles } from '../support/least-roles.js';
import { randomName } from '../support/random-name.js';
import { administer } from '../support/test-database.js';

/** Owns the database and all that is in it; the apps use it. No superuser. */
const owner = `test_${randomName()}`;
const name = `test_${randomName()}`;
const url = new URL(given('DATABASE_URL'));
url.username = owner;
url.pathname = `/${name}`;

const sources: DataSource[] = [];
let before: Database;
let roles: LeastRoles | undefined;

async function connect(to: string): Promise<DataSource> {
  const source = await createDataSource({ url: to, applicationName: 'test' }).initialize();
  sources.push(source);
  return source;
}

beforeAll(async () => {
  const server = given('DATABASE_URL');
  await administer(server, `CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD '${url.password}'`);
  await administer(server, `CREATE DATABASE ${name} OWNER ${owner}`);
});

afterAll(async () => {
  for (const source of sources) await source.destroy();
  await administer(given('DATABASE_URL'), `DROP DATABASE ${name}`);
  await roles?.drop();
  await administer(given('DATABASE_URL'), `DROP ROLE ${owner}`);
});

it('the migrating role takes over, the apps have their roles, and the owner until now loses nothing', async () => {
  const source = await connect(url.href);
  await migrate(source);
  before = new Database(source);
  await moveMigrationsToPublic(before);

  roles = await createLeastRoles(url.href);
  const migrating = await connect(roles.urlOf('migrate'));
  await expect(migrate(migrating, { migrations: [AddColumn1999000000001] })).resolves.toEqual([
    'AddColumn1999000000001',
  ]);
  const api = new Database(await connect(roles.urlOf('api')));
  await expect(pendingMigrations(api)).resolves.toEqual([]);
  await expect(api.query('SELECT nickname FROM accounts.users')).resolves.toEqual([]);
  await expect(before.query('SELECT nickname FROM accounts.users')).resolves.toEqual([]);
});

it('an app whose role lacks a right says so in its readiness, and goes on once it has it', async () => {
  const role = roleName(roles!.prefix, 'email-worker');
  await before.query(`REVOKE SELECT ON public.migrations FROM ${role}`);
  const readiness = new Readiness();
  const giveUp = new AbortController();
  const waiting = waitForDatabase(
    await connect(roles!.urlOf('email-worker')),
    'auto',
    readiness,
    giveUp.signal,
  );
  const says = async () => (await readiness.report()).checks['database'];
  try {
    await eventually(async () => (await says())?.includes('`usher grants`'));
    await before.query(grantsScript(roles!.prefix));
    await waiting;
    await expect(says()).resolves.toBe('ok');
  } finally {
    giveUp.abort();
  }
});
