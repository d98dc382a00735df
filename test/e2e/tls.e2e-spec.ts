import { startApp, type RunningApp } from '../../tools/embedded-stack/src/apps.js';
import { findBinaries } from '../../tools/embedded-stack/src/parts/rabbitmq.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { CertificateAuthority, type Certificate } from '../support/certificates.js';
import { usher } from '../support/command-line.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { prepareStack, type Stack } from '../support/stack.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { TlsMailServer } from '../support/tls-mail-server.js';
import { overTls, TlsPostgres } from '../support/tls-postgres.js';
import { TlsRabbitmq } from '../support/tls-rabbitmq.js';

/** Three servers and four apps, on a machine that is busy. */
const SLOW_MS = 120_000;
const withRabbitmq = findBinaries() || process.env['CI'] === 'true' ? describe : describe.skip;

const ca = new CertificateAuthority();
const anotherCa = new CertificateAuthority();

/** What is wrong with the server, and what the process says of it. */
const WRONG: readonly [string, () => Certificate, RegExp][] = [
  ['of another CA', anotherCa.forLocalhost, /does not trust the CA.*NODE_EXTRA_CA_CERTS/],
  ['for another name', ca.forAnotherName, /localhost.*db\.example\.com.*is for another name/],
  ['expired', ca.expired, /certificate has expired: renew the server's certificate/],
];

let postgres: TlsPostgres;
let database: TestDatabase;

/** The test's database over TLS. */
const tlsUrl = (parameters: string) => overTls(database.url, parameters);

async function checkOf({ metricsUrl }: RunningApp, check: string): Promise<string> {
  const response = await fetch(`${metricsUrl}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return checks[check] ?? '';
}

/** Waits until both the readiness and the log, whose lines may come a moment later, say it. */
async function saysSo(app: RunningApp, check: string, words: RegExp): Promise<void> {
  await eventually(async () => words.test(await checkOf(app, check)), SLOW_MS);
  await eventually(() => words.test(app.child.lastLines), SLOW_MS);
}

beforeAll(async () => {
  postgres = await TlsPostgres.start(ca.forLocalhost());
  database = await createTestDatabase(postgres.url);
}, SLOW_MS);

afterAll(async () => {
  await database.drop();
  await postgres.stop();
  ca.remove();
  anotherCa.remove();
});

withRabbitmq('a private CA, named by NODE_EXTRA_CA_CERTS', () => {
  let rabbitmq: TlsRabbitmq;
  let mail: TlsMailServer;
  let stack: Stack;
  const env = () => ({
    NODE_EXTRA_CA_CERTS: ca.file,
    DATABASE_URL: tlsUrl('sslmode=verify-full'),
    RABBITMQ_URL: rabbitmq.url,
  });

  beforeAll(async () => {
    rabbitmq = await TlsRabbitmq.start(ca.file, ca.forLocalhost());
    mail = await TlsMailServer.start('implicit', ca.forLocalhost());
    stack = await prepareStack({
      ...env(),
      SMTP_URL: `smtps://user:secret@localhost:${mail.port}`,
    });
  }, SLOW_MS);

  afterAll(async () => {
    await stack.stop();
    await mail.stop();
    await rabbitmq.stop();
  });

  it(
    'is all that PostgreSQL, RabbitMQ and the mail server need',
    async () => {
      const apps = appNames();
      expect(await usher(['migrate'], env())).toMatchObject({ code: 0, stderr: '' });
      await Promise.all(apps.map((name) => stack.start(name)));
      const { body } = await stack.api.signUp();
      const { token } = body.session;
      await eventually(
        async () => (await stack.api.get('/v1/me/onboarding', token)).body.complete,
        SLOW_MS,
      );
      expect(mail.mails).toEqual([
        { to: body.user.email, encrypted: true, ehlo: expect.any(String), user: 'user' },
      ]);
      expect(await postgres.connections()).toMatchObject({ plain: 0, tls: expect.any(Number) });
      expect(new Set(rabbitmq.connections())).toEqual(new Set([true]));
    },
    SLOW_MS,
  );

  it(
    'serves the command line as well',
    async () => {
      expect(await usher(['reconcile'], env())).toMatchObject({ code: 0, stderr: '' });
    },
    SLOW_MS,
  );

  it(
    'leaves a worker waiting for a broker whose certificate is wrong, until it is right',
    async () => {
      const certificate = (make: () => Certificate) => rabbitmq.use(make());
      certificate(WRONG[0]![1]);
      const app = await startApp('notification-worker', {
        NODE_EXTRA_CA_CERTS: ca.file,
        DATABASE_URL: database.url,
        RABBITMQ_URL: rabbitmq.url,
      });
      for (const [, make, words] of WRONG) {
        certificate(make);
        await saysSo(app, 'consumers', words);
      }
      certificate(ca.forLocalhost);
      await app.ready();
      await app.child.stop();
    },
    2 * SLOW_MS,
  );
});

describe('PostgreSQL over TLS', () => {
  afterEach(() => postgres.use(ca.forLocalhost()));

  const env = (parameters: string, change: Record<string, string> = {}) => ({
    DATABASE_URL: tlsUrl(parameters),
    RABBITMQ_URL: given('RABBITMQ_URL'),
    ...change,
  });

  it(
    'leaves a process waiting for a server whose certificate is wrong, until it is right',
    async () => {
      await postgres.use(WRONG[0]![1]());
      const app = await startApp(
        'notification-worker',
        env('sslmode=verify-full', { NODE_EXTRA_CA_CERTS: ca.file }),
      );
      for (const [, make, words] of WRONG) {
        await postgres.use(make());
        await saysSo(app, 'database', words);
      }
      await postgres.use(ca.forLocalhost());
      await app.ready();
      await app.child.stop();
    },
    2 * SLOW_MS,
  );
});

describe('a bad setting of TLS', () => {
  it.each([
    [
      'an sslmode that there is not',
      { DATABASE_URL: 'sslmode=verify_full' },
      /sslmode must be one of/,
    ],
    [
      'a CA file that is not there',
      { NODE_EXTRA_CA_CERTS: '/nowhere.pem' },
      /NODE_EXTRA_CA_CERTS: expected/,
    ],
    [
      'a CA file without a certificate',
      { NODE_EXTRA_CA_CERTS: import.meta.filename },
      /NODE_EXTRA_CA_CERTS: expected/,
    ],
  ])('ends the start with exit code 78: %s', async (_, change: Record<string, string>, words) => {
    const { child } = await startApp('notification-worker', {
      RABBITMQ_URL: given('RABBITMQ_URL'),
      ...change,
      DATABASE_URL: tlsUrl(change['DATABASE_URL'] ?? ''),
    });
    const exit = await new Promise((resolve) => child.onExit(resolve));
    expect(exit).toBe('exit code 78');
    expect(child.lastLines).toMatch(words);
  });
});
