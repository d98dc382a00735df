import type { Database } from '#libs/database';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../../../tools/embedded-stack/src/apps.js';
import { freePort } from '../../../tools/embedded-stack/src/free-port.js';
import { migrateDatabase } from '../../../tools/usher-cli/src/migrate-database.js';
import { createTestDatabase, dropAllSchemas } from '../../support/test-database.js';
import type { BenchServers } from '../servers.js';
import { Broker } from './broker.js';
import { MailServer } from './mail-server.js';

export const WORKERS = ['email-worker', 'recommendation-worker', 'notification-worker'] as const;

/**
 * Reconciliation would send again what a bench takes out of the queues. A limit per client would measure
 * the limit: all of the load comes from one address.
 */
const ENVIRONMENT = {
  NODE_ENV: 'production',
  RECONCILE_INTERVAL: '24h',
  RATE_LIMIT_SIGNUP: 'off',
  RATE_LIMIT_LOGIN: 'off',
  RATE_LIMIT_MAIL: 'off',
  RATE_LIMIT_ACCOUNT_LOGIN: 'off',
  MAIL_BUDGET_MAILBOX: 'off',
  MAIL_BUDGET_NETWORK: 'off',
  CHALLENGE: 'none',
};

function migrateBy(checkout: string, databaseUrl: string): void {
  execFileSync('node', [join(checkout, 'dist/tools/usher-cli/src/main.js'), 'migrate'], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: 'pipe',
  });
}

/** Usher as in production, its apps as processes, on a database of its own. */
export class BenchStack {
  private readonly apps = new Map<string, RunningApp>();

  private constructor(
    readonly url: string,
    readonly database: Database,
    readonly broker: Broker,
    readonly mail: MailServer,
    private readonly process: {
      env: Record<string, string>;
      flags: readonly string[];
      logs: string;
      checkout: string | undefined;
    },
    private readonly clear: () => Promise<void>,
  ) {}

  /**
   * Nothing runs yet but the mail server.
   * @param profiles a folder for a CPU profile of each process
   * @param checkout the folder of another release, with its build
   */
  static async open(
    servers: BenchServers,
    profiles?: string,
    checkout?: string,
  ): Promise<BenchStack> {
    const { url: databaseUrl, database, drop } = await createTestDatabase(servers.postgres.url);
    if (checkout !== undefined) {
      // The other release looks for its own migrations; this one's are for both.
      await dropAllSchemas(database);
      migrateBy(checkout, databaseUrl);
    }
    await migrateDatabase(databaseUrl);
    const broker = await Broker.connect(servers.broker.url);
    const mail = await MailServer.start();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...ENVIRONMENT,
      LINK_SIGNING_KEY: randomBytes(32).toString('hex'),
      DATABASE_URL: databaseUrl,
      RABBITMQ_URL: servers.broker.url,
      SMTP_URL: mail.url,
      HTTP_PORT: String(port),
      PUBLIC_URL: url,
    };
    // Or this process, which makes the load, would have to read every line.
    const logs = await mkdtemp(join(tmpdir(), 'usher-bench-logs-'));
    const flags = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
    return new BenchStack(url, database, broker, mail, { env, flags, logs, checkout }, async () => {
      await mail.stop();
      await broker.close();
      await drop();
      await rm(logs, { recursive: true, force: true });
    });
  }

  /** Starts an app; resolves when it is ready. */
  async start(app: string, env: Record<string, string> = {}, name = app): Promise<RunningApp> {
    const started = await this.launch(app, env, name);
    await started.ready();
    return started;
  }

  /** Starts an app and does not wait for it. @param name when there are several of it */
  async launch(app: string, env: Record<string, string> = {}, name = app): Promise<RunningApp> {
    const { flags, logs } = this.process;
    const logFile = join(logs, `${name}.log`);
    const { checkout } = this.process;
    const started = await startApp(
      app,
      { ...this.process.env, ...env },
      { flags, logFile, checkout },
    );
    this.apps.set(name, started);
    return started;
  }

  async startWorkers(): Promise<void> {
    await Promise.all(WORKERS.map((name) => this.start(name)));
  }

  async stop(name: string): Promise<void> {
    await this.apps.get(name)?.child.stop();
    this.apps.delete(name);
  }

  /** As if nobody had ever signed up. */
  async reset(): Promise<void> {
    await this.broker.purgeAll();
    await this.database.query(
      `TRUNCATE accounts.users, accounts.mail_budgets, accounts.spent_challenges, messaging.outbox, messaging.deliveries, email.messages, email.recipients,
                recommendation.lists, notification.notifications CASCADE`,
    );
    await this.database.query(`DELETE FROM messaging.scheduled WHERE key NOT LIKE 'bench:later:%'`);
    this.mail.forget();
  }

  /** The processes that run now, by name. */
  get pids(): Record<string, number | undefined> {
    const apps = [...this.apps].map(([name, { child }]) => [name, child.pid] as const);
    return { ...Object.fromEntries(apps), 'mail server': this.mail.pid };
  }

  async close(): Promise<void> {
    await Promise.all([...this.apps.keys()].map((name) => this.stop(name)));
    await this.clear();
  }
}
