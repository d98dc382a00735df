import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startApp, type RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { ApiClient, signUpBody } from '../support/api-client.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { buildPreviousRelease, hasPreviousRelease } from '../support/previous-release.js';
import { randomName } from '../support/random-name.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { administer } from '../support/test-database.js';

const database = `test_${randomName()}`;
const databaseUrl = new URL(given('DATABASE_URL'));
databaseUrl.pathname = `/${database}`;
// A shallow clone does not have the commit; in CI it has to be there.
const canRun = hasPreviousRelease() || process.env['CI'] === 'true';
const running: RunningApp[] = [];
let folder: string;
let smtp: SmtpSink;

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
    const names = appNames().filter((name) => name !== 'api');
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
  buildPreviousRelease(folder);
}, 300_000);

afterAll(async () => {
  if (!canRun) return;
  await Promise.all(running.map(({ child }) => child.stop()));
  await smtp.stop();
  await administer(given('DATABASE_URL'), `DROP DATABASE ${database} WITH (FORCE)`);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Signs up and waits for the three steps; the token of the session. */
async function signUpAndSeeAllSteps(api: ApiClient): Promise<string> {
  const { body } = await api.signUp(signUpBody());
  const { token } = body.session;
  const isComplete = async () => (await api.get('/v1/me/onboarding', token)).body.complete;
  await eventually(isComplete, 60_000);
  return token;
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

    await current.migrate();
    await signUpAndSeeAllSteps(previous.api);

    await current.startApi();
    await current.startWorkers();
    await previous.stopWorkers();
    // What the previous API publishes, the workers of this release handle.
    await signUpAndSeeAllSteps(previous.api);
    const { status } = await current.api.get('/v1/me', session);
    expect(status).toBe(200);

    // As when a worker of the previous release is started again in the middle of the deploy.
    await previous.startWorkers();
    await current.stopWorkers();
    const made = await signUpAndSeeAllSteps(current.api);
    await expect(previous.api.get('/v1/me', made)).resolves.toMatchObject({ status: 200 });
  },
  300_000,
);
