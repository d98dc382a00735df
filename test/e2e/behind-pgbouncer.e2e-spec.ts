import { userRegistered, usherMessaging } from '#libs/contracts';
import { planTopology } from '#libs/messaging';
import { startPgbouncer } from '../../tools/embedded-stack/src/parts/pgbouncer.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { describeWithPgbouncer, POOLERS } from '../support/poolers.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { TestBroker } from '../support/test-broker.js';

const APPS = appNames();
const PEOPLE = 20;
const topology = planTopology(usherMessaging, [1_000, 2_000]);

let broker: TestBroker;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  broker = await TestBroker.connect();
});

beforeEach(() => broker.deleteAll(topology));

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

afterAll(async () => {
  await broker.deleteAll(topology);
  await broker.close();
});

/** All apps on a database that this server holds; `prepare` sees it first. */
async function startStack(
  server: string,
  prepare?: (stack: Stack) => Promise<void>,
): Promise<Stack> {
  const env = { DATABASE_POOL: '5', CONSUMER_PREFETCH: '4', HASH_QUEUE_TIMEOUT: '60s' };
  const stack = await prepareStack(env, server);
  stops.push(() => stack.stop());
  await prepare?.(stack);
  // One role for all: a pooler lends the connections of a role to every process that has it.
  await Promise.all(APPS.map((app) => stack.start(app, { DATABASE_URL: stack.databaseUrl })));
  return stack;
}

/** Many people sign up at once, and everything that follows happens, once. */
async function expectSignUpsToWork(stack: Stack): Promise<void> {
  const answers = await Promise.all(Array.from({ length: PEOPLE }, () => stack.api.signUp()));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  for (const { body } of answers) {
    await eventually(
      async () => (await stack.api.get('/v1/me/onboarding', body.session.token)).body.complete,
    );
    expect(stack.smtp.to(body.user.email)).toHaveLength(1);
  }
  const rows = await stack.database.query(
    `SELECT status, attempts, count(*)::int AS deliveries FROM messaging.deliveries GROUP BY 1, 2`,
  );
  const { length } = usherMessaging.consumersOf(userRegistered.type);
  expect(rows).toEqual([{ status: 'done', attempts: 1, deliveries: PEOPLE * length }]);
}

async function makeSerializable({ database, databaseUrl }: Stack): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await database.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
}

for (const { version, mode } of POOLERS) {
  describeWithPgbouncer(version)(`behind PgBouncer ${version} in ${mode} mode`, () => {
    it('sign-ups and everything that follows happen', async () => {
      // Fewer than the apps have; in session mode each of theirs has one of the server to itself.
      const settings = { default_pool_size: mode === 'transaction' ? 4 : 45 };
      const pooler = await startPgbouncer({
        url: given('DATABASE_URL'),
        version,
        mode,
        settings,
      });
      stops.push(pooler.stop);
      await expectSignUpsToWork(await startStack(pooler.url));
    });
  });
}

describe('on a database whose transactions are serializable unless they say otherwise', () => {
  it('sign-ups and everything that follows happen', async () => {
    await expectSignUpsToWork(await startStack(given('DATABASE_URL'), makeSerializable));
  });
});

describeWithPgbouncer('1.18')('on such a database behind a pooler', () => {
  it('sign-ups and everything that follows happen', async () => {
    const pooler = await startPgbouncer({
      url: given('DATABASE_URL'),
      version: '1.18',
      mode: 'transaction',
    });
    stops.push(pooler.stop);
    await expectSignUpsToWork(await startStack(pooler.url, makeSerializable));
  });
});
