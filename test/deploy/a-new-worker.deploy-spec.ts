import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { ApiClient } from '../support/api-client.js';
import { copyCheckout } from '../support/checkout.js';
import { eventually } from '../support/eventually.js';
import { Launcher } from '../support/launcher.js';

const BUILD_MS = 300_000;
const WORKER = ['worker', 'trial-of-add-worker', '--on', 'user.registered.v1', '--handler'];

let checkout: string;
let launcher: Launcher | undefined;

beforeAll(async () => {
  checkout = await copyCheckout();
});

afterAll(async () => {
  await launcher?.end();
  rmSync(checkout, { recursive: true, force: true });
});

/** `npm run add -- …`, without what npm does before. */
function add(...args: string[]) {
  const program = join(checkout, 'dist/tools/add/src/main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: checkout,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const textOf = (path: string) => readFileSync(join(checkout, path), 'utf8');

describe('npm run add', () => {
  it.each([
    ['an app that there is', ['worker', 'email-worker', ...WORKER.slice(2), 'record-it']],
    [
      'an event that there is not',
      [...WORKER.slice(0, 3), 'user.vanished.v1', ...WORKER.slice(4), 'record-it'],
    ],
    ['a handler that there is', [...WORKER, 'count-interaction']],
    ['a handler that has no verb', [...WORKER, 'registration']],
    [
      'a schema that PostgreSQL keeps',
      ['worker', 'order-worker', ...WORKER.slice(2), 'record-it', '--table'],
    ],
    ['a name with another meaning', [...WORKER, 'create-event']],
    ['a name with digits', ['worker', 'audit2-worker', ...WORKER.slice(2), 'record-it']],
    ['a name that is none', ['worker', '../audit', ...WORKER.slice(2), 'record-it']],
    ['a table for an effect outside', [...WORKER, 'record-it', '--table', '--external']],
    ['no handler', WORKER.slice(0, 4)],
  ])('refuses %s, and writes nothing', (_what, args) => {
    const before = textOf('nest-cli.json');
    const { status, stderr } = add(...args);
    expect(status).toBe(2);
    expect(stderr).not.toBe('');
    expect(textOf('nest-cli.json')).toBe(before);
    expect(textOf('libs/contracts/src/subscriptions.ts')).not.toContain('trial-of-add-worker');
  });

  it(
    'writes a worker that builds, starts, and handles a sign-up',
    async () => {
      const { status, stdout, stderr } = add(...WORKER, 'record-trial-of-add', '--table');
      expect(stderr.replace(/^Building … .* s$/m, '').trim()).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain(
        'apps/trial-of-add-worker/src/record-trial-of-add/record-trial-of-add.handler.ts',
      );
      expect(textOf('docker-compose.yml')).toContain('command: trial-of-add-worker');
      expect(textOf('docs/events.md')).toContain('trial-of-add-worker.record-trial-of-add');
      launcher = Launcher.start(
        {
          DATABASE_URL: '',
          RABBITMQ_URL: '',
          SMTP_URL: '',
          DATA_DIR: join(checkout, '.data'),
          HTTP_PORT: String(await freePort()),
        },
        { checkout },
      );
      await launcher.ready(BUILD_MS);
      const api = new ApiClient(launcher.addressOf('api'));
      const { body } = await api.signUp();
      const { urls } = JSON.parse(textOf('.data/stack.json')) as { urls: { database: string } };
      const client = new Client({ connectionString: urls.database });
      await client.connect();
      try {
        const rows = () =>
          client.query('SELECT user_id AS "userId" FROM trial_of_add.record_trial_of_add');
        await eventually(async () => (await rows()).rowCount === 1);
        expect((await rows()).rows).toEqual([{ userId: body.user.id }]);
      } finally {
        await client.end();
      }
      const { body: onboarding } = await api.get('/v1/me/onboarding', body.session.token);
      expect(onboarding.steps).toHaveLength(3);
    },
    BUILD_MS,
  );
});
