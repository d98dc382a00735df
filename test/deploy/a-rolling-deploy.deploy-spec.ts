import { createDataSource, Database } from '#libs/database';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';
import { startApp, type RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { ApiClient, signUpBody } from '../support/api-client.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { buildPreviousRelease, hasPreviousRelease } from '../support/previous-release.js';
import { randomName } from '../support/random-name.js';
import { schemaOf } from '../support/schema-of.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { administer, createTestDatabase } from '../support/test-database.js';

const database = `test_${randomName()}`;
const databaseUrl = new URL(given('DATABASE_URL'));
databaseUrl.pathname = `/${database}`;
// A shallow clone does not have the commit; in CI it has to be there.
const canRun = hasPreviousRelease() || process.env['CI'] === 'true';
const PAST_EVENTS = 100_000;
const running: RunningApp[] = [];
let folder: string;
let smtp: SmtpSink;
let dataSource: DataSource;

/** One of two releases on the same database and broker. */
class Release {
  private workers: RunningApp[] = [];
  api!: ApiClient;

  constructor(private readonly checkout: string) {}

  async migrate(): Promise<void> {
    const program = join(this.checkout, 'dist/tools/usher-cli/src/main.js');
    const env = { ...process.env, DATABASE_URL: databaseUrl.href };
    await promisify(execFile)(process.execPath, [program, 'migrate'], { env });
  }

  async startApi(): Promise<void> {
    const port = await freePort();
    this.api = new ApiClient(`http://127.0.0.1:${port}`);
    await this.start('api', { HTTP_PORT: String(port) });
  }

  async startWorkers(): Promise<void> {
    const names = appNames(this.checkout).filter((name) => name !== 'api');
    this.workers = await Promise.all(names.map((name) => this.start(name)));
  }

  async stopWorkers(): Promise<void> {
    await Promise.all(this.workers.map(({ child }) => child.stop()));
  }

  private async start(name: string, env: Record<string, string> = {}): Promise<RunningApp> {
    const all = {
      DATABASE_URL: databaseUrl.href,
      RABBITMQ_URL: given('RABBITMQ_URL'),
      SMTP_URL: smtp.url,
      NODE_ENV: 'test',
      ...env,
    };
    const app = await startApp(name, all, { checkout: this.checkout });
    running.push(app);
    await app.ready();
    return app;
  }
}

beforeAll(async () => {
  if (!canRun) return;
  folder = await mkdtemp(join(tmpdir(), 'usher-previous-release-'));
  smtp = await new SmtpSink().start();
  await administer(given('DATABASE_URL'), `CREATE DATABASE ${database}`);
  dataSource = await createDataSource({
    url: databaseUrl.href,
    applicationName: 'test',
    statementTimeoutMs: 60_000,
  }).initialize();
  buildPreviousRelease(folder);
}, 300_000);

afterAll(async () => {
  if (!canRun) return;
  await Promise.all(running.map(({ child }) => child.stop()));
  await smtp.stop();
  await dataSource.destroy();
  await administer(given('DATABASE_URL'), `DROP DATABASE ${database} WITH (FORCE)`);
  await rm(folder, { recursive: true, force: true });
});

/** Many events and deliveries of before, so that sign-ups meet the migration of them. */
const writeThePast = () =>
  new Database(dataSource).query(
    `WITH o AS (
       INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data,
                                     expected_consumers, published_at)
       SELECT gen_random_uuid(), 'user.registered.v1', 'api', id, now(), 'c',
              json_build_object('userId', id), '{}', now()
         FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) AS people
       RETURNING id, subject)
     INSERT INTO messaging.deliveries (consumer, event_id, subject, status, attempts, completed_at)
     SELECT 'before', id, subject, 'done', 1, now() FROM o`,
    [PAST_EVENTS],
  );

async function signUp(api: ApiClient): Promise<string> {
  const { status, body } = await api.signUp(signUpBody());
  expect(status).toBe(201);
  return body.session.token;
}

async function seeAllSteps(api: ApiClient, token: string): Promise<void> {
  const isComplete = async () => (await api.get('/v1/me/onboarding', token)).body.complete;
  await eventually(isComplete);
}

/** Signs up and waits for the three steps; the token of the session. */
async function signUpAndSeeAllSteps(api: ApiClient): Promise<string> {
  const token = await signUp(api);
  await seeAllSteps(api, token);
  return token;
}

const query = (sql: string) => new Database(dataSource).query(sql);

/** Where PostgreSQL keeps the rows of the accounts: another file once it has rewritten them all. */
const fileOfAccounts = () => query(`SELECT pg_relation_filepath('accounts.users')`);

/** The steps that the previous release had, and no more, however many have been added since. */
const PREVIOUS_STEPS = ['welcome-email', 'recommendations', 'getting-started-guide'];

/** One after another until `work` is done; their sessions. */
async function signUpsDuring(work: Promise<void>, api: ApiClient): Promise<string[]> {
  const tokens: string[] = [];
  const state = { isDone: false };
  const end = work.finally(() => (state.isDone = true));
  end.catch(() => undefined);
  while (!state.isDone) tokens.push(await signUp(api));
  await end;
  return tokens;
}

async function expectTheSchemaOfANewDatabase(): Promise<void> {
  const fresh = await createTestDatabase();
  try {
    await expect(schemaOf(new Database(dataSource))).resolves.toEqual(
      await schemaOf(fresh.database),
    );
  } finally {
    await fresh.drop();
  }
}

(canRun ? it : it.skip)(
  'the previous release goes on when the schema is migrated, beside this release and alone',
  async () => {
    const previous = new Release(folder);
    const current = new Release(root);
    await previous.migrate();
    await previous.startApi();
    await previous.startWorkers();
    const session = await signUpAndSeeAllSteps(previous.api);
    await writeThePast();

    const file = await fileOfAccounts();
    const meanwhile = await signUpsDuring(current.migrate(), previous.api);
    expect(meanwhile.length).toBeGreaterThan(1);
    for (const token of meanwhile) await seeAllSteps(previous.api, token);
    await expect(fileOfAccounts()).resolves.toEqual(file);
    await expectTheSchemaOfANewDatabase();
    await signUpAndSeeAllSteps(previous.api);
    await expect(query('SELECT DISTINCT steps FROM accounts.users')).resolves.toEqual([
      { steps: PREVIOUS_STEPS },
    ]);

    await current.startApi();
    await current.startWorkers();
    await previous.stopWorkers();
    // What the previous API publishes, the workers of this release handle.
    await signUpAndSeeAllSteps(previous.api);
    const { body } = await current.api.get('/v1/me/onboarding', session);
    expect(body.complete).toBe(true);
    expect(body.steps.map(({ name }: { name: string }) => name)).toEqual(PREVIOUS_STEPS);

    // As when a worker of the previous release is started again in the middle of the deploy.
    await previous.startWorkers();
    await current.stopWorkers();
    const made = await signUpAndSeeAllSteps(current.api);
    await expect(previous.api.get('/v1/me', made)).resolves.toMatchObject({ status: 200 });

    const [events] = await query(
      `SELECT count(*) FILTER (WHERE d.consumer = 'before') AS "ofThePast",
              count(*) FILTER (WHERE o.subject IS DISTINCT FROM o.data->>'userId') AS "ofAnother",
              count(*) FILTER (WHERE d.subject <> o.subject) AS "deliveredForAnother"
         FROM messaging.outbox AS o LEFT JOIN messaging.deliveries AS d ON d.event_id = o.id`,
    );
    expect(events).toEqual({
      ofThePast: String(PAST_EVENTS),
      ofAnother: '0',
      deliveredForAnother: '0',
    });
  },
  300_000,
);
