import { userRegistered, usherMessaging } from '#libs/contracts';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, Database } from '#libs/database';
import { ApiClient, signUpBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { isRunning, Launcher } from '../support/launcher.js';
import { SmtpSink } from '../support/smtp-sink.js';

const PEOPLE = 100;
const CLIENTS = 8;
const DELIVERIES = usherMessaging.consumersOf(userRegistered.type).length;

let directory: string;
let smtp: SmtpSink;
const launchers: Launcher[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-launcher-'));
  // As root, PostgreSQL runs as a user of its own, who has to get in.
  await chmod(directory, 0o755);
  smtp = await new SmtpSink().start();
});

afterEach(async () => {
  for (const launcher of launchers.splice(0)) await launcher.end();
  await smtp.stop();
  await rm(directory, { recursive: true, force: true });
});

/** With nothing given but a mail server that outlives it. */
function start(env: Record<string, string> = {}): Launcher {
  const launcher = Launcher.start({
    DATA_DIR: directory,
    DATABASE_URL: '',
    RABBITMQ_URL: '',
    SMTP_URL: smtp.url,
    RATE_LIMIT_SIGNUP: 'off',
    CHALLENGE: 'none',
    // What was being handled counts as missing when its lease has run out.
    CONSUMER_HANDLER_TIMEOUT: '2s',
    CONSUMER_EXTERNAL_TIMEOUT: '2s',
    RECONCILE_AFTER: '5s',
    ...env,
  });
  launchers.push(launcher);
  return launcher;
}

describe('npm run up', () => {
  it('killed with everything it started in the middle of 100 sign-ups: the next one does them all, none twice', async () => {
    const first = await start().ready();
    const people = Array.from({ length: PEOPLE }, () => ({
      body: signUpBody({ email: `${randomUUID()}@example.com` }),
      key: randomUUID(),
      token: '',
    }));
    let api = new ApiClient(first.addressOf('api'));
    let accepted = 0;
    const waiting = people.values();
    const client = async () => {
      for (const person of waiting) {
        // As any client does that gets no answer: again, with the same key.
        await eventually(async () => {
          const { status, body } = await api.signUp(person.body, { 'idempotency-key': person.key });
          person.token = body.session?.token;
          return status === 201;
        }, 90_000);
        accepted++;
      }
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    await eventually(() => accepted >= PEOPLE / 2);
    const killed = first.killAll();
    expect(killed.length).toBeGreaterThan(5);
    expect(accepted).toBeLessThan(PEOPLE);

    const second = await start().ready();
    api = new ApiClient(second.addressOf('api'));
    await clients;
    for (const { token } of people) {
      await eventually(async () => (await api.get('/v1/me/onboarding', token)).body.complete);
    }
    const source = await createDataSource({
      url: second.addressOf('PostgreSQL'),
      applicationName: 'test',
      poolSize: 1,
    }).initialize();
    const [counts] = await new Database(source).query(
      `SELECT (SELECT count(*)::int FROM accounts.users) AS users,
              (SELECT count(*)::int FROM messaging.deliveries WHERE status = 'done') AS done,
              (SELECT count(*)::int FROM messaging.deliveries WHERE status <> 'done') AS open,
              (SELECT count(*)::int FROM recommendation.lists) AS lists,
              (SELECT count(*)::int FROM notification.notifications) AS notifications,
              (SELECT coalesce(sum(possible_duplicates), 0)::int FROM email.messages) AS "possibleDuplicates"`,
    );
    await source.destroy();
    const { possibleDuplicates, ...exact } = counts as Record<string, number>;
    expect(exact).toEqual({
      users: PEOPLE,
      done: PEOPLE * DELIVERIES,
      open: 0,
      lists: PEOPLE,
      notifications: PEOPLE,
    });
    // SMTP allows no better: what was on its way when its worker died may have come before.
    expect(smtp.mails.length).toBeGreaterThanOrEqual(PEOPLE);
    expect(smtp.mails.length).toBeLessThanOrEqual(PEOPLE + possibleDuplicates!);
    expect(new Set(smtp.mails.map(({ to }) => to)).size).toBe(PEOPLE);
  });

  it('says what runs already in its folder, and where', async () => {
    const first = await start().ready();
    const second = start();
    await eventually(() => second.hasExited);
    expect(second.text).toContain(`as process ${first.pid}`);
    expect(second.text).toContain(first.addressOf('api'));
    await expect(second.end()).resolves.toBe(1);
    const processes = first.descendants().map(({ pid }) => pid);
    expect(processes.length).toBeGreaterThan(5);
    await expect(first.end('SIGINT')).resolves.toBe(0);
    expect(processes.filter(isRunning)).toEqual([]);
  });

  it('refuses an HTTP_PORT that is taken, and starts nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const launcher = start({ HTTP_PORT: String(port) });
    await eventually(() => launcher.hasExited);
    expect(launcher.text).toContain(`HTTP_PORT=${port}: another program listens there`);
    expect(launcher.text).not.toContain('PostgreSQL');
    await expect(launcher.end()).resolves.toBe(1);
    other.close();
  });

  it('lists every problem of a bad configuration, and exits with 78', async () => {
    const launcher = start({ CONSUMER_PREFETCH: '0', MAIL_FROM: 'nobody' });
    await eventually(() => launcher.hasExited);
    expect(launcher.text).toMatch(
      /CONSUMER_PREFETCH.*\n.*MAIL_FROM|MAIL_FROM.*\n.*CONSUMER_PREFETCH/,
    );
    await expect(launcher.end()).resolves.toBe(78);
  });
});
