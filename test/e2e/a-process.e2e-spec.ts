import { startApp } from '../../tools/embedded-stack/src/apps.js';
import { appNames } from '../../tools/start/src/app-command.js';
import { given } from '../support/environment.js';
import { eventually } from '../support/eventually.js';
import { prepareStack } from '../support/stack.js';
import { createTestDatabase } from '../support/test-database.js';

const APPS = appNames();

const env = (change: Record<string, string> = {}) => ({
  DATABASE_URL: given('DATABASE_URL'),
  RABBITMQ_URL: given('RABBITMQ_URL'),
  SMTP_URL: 'smtp://127.0.0.1:1',
  HTTP_PORT: '0',
  ...change,
});

const exitOf = (child: Awaited<ReturnType<typeof startApp>>['child']) =>
  new Promise<string>((resolve) => child.onExit(resolve));

const readiness = async (metricsUrl: string) => {
  const response = await fetch(`${metricsUrl}/readyz`);
  return {
    status: response.status,
    body: (await response.json()) as { checks: Record<string, string> },
  };
};

describe('a bad environment', () => {
  it.each(APPS)('ends %s with exit code 78 and all problems at once', async (name) => {
    const { child } = await startApp(
      name,
      env({
        DATABASE_URL: 'mysql://localhost/x',
        RABBITMQ_URL: '',
        LOG_LEVEL: 'loud',
        CONSUMER_RETRY_DELAYS: '10s,1s',
        CRASH_LIMIT: 'many',
        SHUTDOWN_TIMEOUT: 'soon',
      }),
    );
    await expect(exitOf(child)).resolves.toBe('exit code 78');
    for (const variable of [
      'DATABASE_URL',
      'RABBITMQ_URL',
      'LOG_LEVEL',
      'CONSUMER_RETRY_DELAYS',
      'CRASH_LIMIT',
      'SHUTDOWN_TIMEOUT',
    ]) {
      expect(child.lastLines).toMatch(new RegExp(`^  - ${variable}: `, 'm'));
    }
  });

  it.each([
    ['DATABASE_URL', 'postgres://usher:100%sure@127.0.0.1:5432/usher'],
    ['RABBITMQ_URL', 'amqp://usher:100%sure@127.0.0.1:5672'],
    ['SMTP_URL', 'smtp://usher:100%sure@127.0.0.1:25'],
  ])(
    'with a password in %s that is not encoded names the way out, not the password',
    async (name, url) => {
      const { child } = await startApp('email-worker', env({ [name]: url }));
      await expect(exitOf(child)).resolves.toBe('exit code 78');
      expect(child.lastLines).toMatch(new RegExp(`^  - ${name}: expected .*percent-encode`, 'm'));
      expect(child.lastLines).not.toContain('sure');
    },
  );

  it('never has a default secret in production, and never prints what it was given', async () => {
    const { child } = await startApp(
      'api',
      env({ NODE_ENV: 'production', LINK_SIGNING_KEY: 'short-secret' }),
    );
    await expect(exitOf(child)).resolves.toBe('exit code 78');
    expect(child.lastLines).toContain('LINK_SIGNING_KEY: ');
    expect(child.lastLines).not.toContain('short-secret');
  });
});

describe('a worker', () => {
  it('waits for PostgreSQL and RabbitMQ, alive but not ready, and says why', async () => {
    const nowhere = env({
      DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c',
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
    });
    const { child, metricsUrl } = await startApp('notification-worker', nowhere);
    const report = await eventually(async () => {
      const { status, body } = await readiness(metricsUrl);
      return status === 503 && body.checks['database'] !== 'not connected yet' && body;
    });
    expect(report.checks['database']).toContain('no connection to the database');
    await expect(fetch(`${metricsUrl}/healthz`)).resolves.toMatchObject({ status: 200 });
    await child.stop();
    expect(child.hasExited).toBe(true);
  });

  it('says why without the secrets that it was given', async () => {
    const { child, metricsUrl } = await startApp(
      'email-worker',
      env({
        DATABASE_URL: 'postgres://somebody:a-database-secret@127.0.0.1:1/usher',
        RABBITMQ_URL: 'amqp://somebody:a-broker-secret@127.0.0.1:1',
        SMTP_URL: 'smtp://somebody:a-mail-secret@127.0.0.1:1',
      }),
    );
    const report = await eventually(async () => {
      const { body } = await readiness(metricsUrl);
      return /ECONNREFUSED/.test(body.checks['database'] ?? '') && body;
    });
    expect(`${JSON.stringify(report)} ${child.lastLines}`).not.toContain('-secret');
    await child.stop();
  });

  it('waits for the schema, and goes on when it is there', async () => {
    const db = await createTestDatabase();
    const [last] = await db.database.query<{ name: string }>(
      'DELETE FROM migrations.applied WHERE name = (SELECT max(name) FROM migrations.applied) RETURNING name',
    );
    const app = await startApp('notification-worker', env({ DATABASE_URL: db.url }));
    const report = await eventually(async () => {
      const { body } = await readiness(app.metricsUrl);
      return /usher migrate/.test(body.checks['database'] ?? '') && body;
    });
    expect(report).toMatchObject({ status: 'not_ready' });
    await db.database.query('INSERT INTO migrations.applied (name) VALUES ($1)', [last!.name]);
    await app.ready();
    await app.child.stop();
    await db.drop();
  });

  it('is not ready without a broker', async () => {
    const db = await createTestDatabase();
    const app = await startApp(
      'notification-worker',
      env({ DATABASE_URL: db.url, RABBITMQ_URL: 'amqp://127.0.0.1:1' }),
    );
    const report = await eventually(async () => {
      const { body } = await readiness(app.metricsUrl);
      return /no connection to the broker/.test(body.checks['consumers'] ?? '') && body;
    });
    expect(report.checks['database']).toBe('ok');
    await app.child.stop();
    await db.drop();
  });

  it('starts without the API, serves its metrics, and ends with code 0 on SIGTERM', async () => {
    const stack = await prepareStack();
    const app = await stack.start('recommendation-worker');
    const metrics = await (await fetch(`${app.metricsUrl}/metrics`)).text();
    expect(metrics).toContain('target_info');
    const exit = exitOf(app.child);
    app.child.kill('SIGTERM');
    await expect(exit).resolves.toBe('exit code 0');
    await stack.stop();
  });
});
