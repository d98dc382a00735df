import { startApp } from '../../tools/embedded-stack/src/apps.js';
import { CertificateAuthority } from '../support/certificates.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { migrateDatabase } from '../../tools/usher-cli/src/migrate-database.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { overTls, TlsPostgres } from '../support/tls-postgres.js';

const SLOW_MS = 60_000;

const ca = new CertificateAuthority();
let postgres: TlsPostgres;
let database: TestDatabase;

beforeAll(async () => {
  postgres = await TlsPostgres.start(ca.forLocalhost());
  database = await createTestDatabase(postgres.url);
  await migrateDatabase(database.url);
}, SLOW_MS);

afterAll(async () => {
  await database.drop();
  await postgres.stop();
  ca.remove();
});

/** Runs an app with a program that is loaded before it. */
async function run(app: string, program: string) {
  const lines: string[] = [];
  const started = await startApp(
    app,
    {
      DATABASE_URL: overTls(database.url, 'sslmode=require'),
      RABBITMQ_URL: given('RABBITMQ_URL'),
      NODE_EXTRA_CA_CERTS: ca.file,
    },
    {
      onLine: (line) => lines.push(line),
      flags: ['--import', `data:text/javascript,${encodeURIComponent(program)}`],
    },
  );
  return {
    child: started.child,
    ready: () => started.ready(),
    lines,
    parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** Once the worker is at work. */
const later = (statements: string) => `process.once('SIGUSR2', () => { ${statements} })`;

it(
  'every line is JSON, whatever a library prints, and a warning comes once',
  async () => {
    const { child, ready, lines, parsed } = await run(
      // It has a thread with a driver of its own.
      'recommendation-worker',
      later(`
        process.emitWarning('old', 'DeprecationWarning', 'DEP_TEST');
        process.emitWarning('twice');
        process.emitWarning('twice');
        console.error('failed in %s', 'two\\nlines', { a: 1 });
        console.log('said');
      `),
    );
    await ready();
    child.kill('SIGUSR2');
    await eventually(() => lines.some((line) => line.includes('twice')));
    await child.stop();

    const logged = parsed();
    const withMessage = (pattern: RegExp) => logged.filter(({ msg }) => pattern.test(String(msg)));
    expect(withMessage(/SSL modes 'prefer', 'require', and 'verify-ca'/)).toMatchObject([
      { level: 'warn' },
    ]);
    expect(withMessage(/^old$/)).toMatchObject([
      { level: 'warn', warning: 'DeprecationWarning', code: 'DEP_TEST' },
    ]);
    expect(withMessage(/^twice$/)).toHaveLength(1);
    expect(withMessage(/^failed in two/)).toMatchObject([
      { level: 'error', msg: 'failed in two\nlines { a: 1 }' },
    ]);
    expect(withMessage(/^said$/)).toMatchObject([{ level: 'info' }]);
  },
  SLOW_MS,
);

it.each([
  ['error', `setImmediate(() => { throw new TypeError('a defect') })`, 'a defect'],
  ['rejection', `Promise.reject(new TypeError('nobody caught it'))`, 'nobody caught it'],
  ['value that is no error', `setImmediate(() => { throw { reason: 'an object' } })`, 'an object'],
])(
  'an uncaught %s is one line of JSON at level fatal, and ends the process with code 1',
  async (_, statement, message) => {
    const { child, ready, parsed } = await run('notification-worker', later(statement));
    await ready();
    const exit = new Promise((resolve) => child.onExit(resolve));
    child.kill('SIGUSR2');
    expect(await exit).toBe('exit code 1');
    const last = await eventually(() => parsed().find(({ level }) => level === 'fatal'));
    expect(JSON.stringify(last)).toContain(message);
    expect(last).toMatchObject({ msg: 'uncaught error', err: { stack: expect.any(String) } });
  },
  SLOW_MS,
);
