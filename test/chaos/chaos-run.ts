import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, Database } from '#libs/database';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { migrateDatabase } from '../../tools/usher-cli/src/migrate-database.js';
import { eventually } from '../support/eventually.js';
import { audit, type Audit } from './auditor.js';
import { BreakableLine } from './breakable-line.js';
import { countOpen, readBroker, readDatabase } from './evidence.js';
import { Faults } from './faults.js';
import { Fleet } from './fleet.js';
import { Load } from './load.js';
import { MailSink, mannerOf } from './mail-sink.js';
import { measure, type Run } from './report.js';
import {
  acknowledgeTooEarly,
  doubleEveryEvent,
  forgetWhatIsDone,
  type Sabotage,
} from './sabotage.js';
import { preparePostgres, prepareRabbitmq } from './servers.js';
import { installWitness } from './witness.js';

export interface ChaosOptions {
  readonly signups: number;
  readonly concurrency: number;
  readonly seed: number;
  /** How long after the last sign-up and the last fault everything must have an outcome. */
  readonly settleWithinMs: number;
  /** Instead of faults, something that the auditor must find. */
  readonly sabotage?: Sabotage | undefined;
  /** No faults either; the auditor must find nothing. */
  readonly calm?: boolean;
  /** Where the processes' logs are kept. */
  readonly logs?: string | undefined;
}

const TELL_EVERY_MS = 3_000;
const RETRY_DELAYS_MS = [1_000, 2_000, 4_000];

const ENVIRONMENT = {
  NODE_ENV: 'test',
  CONSUMER_PREFETCH: '4',
  CONSUMER_RETRY_DELAYS: '1s,2s,4s',
  RATE_LIMIT_SIGNUP: 'off',
  CONSUMER_HANDLER_TIMEOUT: '5s',
  OUTBOX_LEASE: '5s',
  RECONCILE_INTERVAL: '2s',
  RECONCILE_AFTER: '10s',
};
const NO_RECONCILER = { RECONCILE_INTERVAL: '1h' };

/** One run: its parts are brought up, loaded, broken, audited, and cleared away by `clear`, which may be called at any time. */
export class ChaosRun {
  private readonly stops: (() => Promise<unknown>)[] = [];
  private readonly startedAt = Date.now();
  private load: Load | undefined;

  constructor(
    private readonly options: ChaosOptions,
    private readonly out: (line: string) => void,
  ) {}

  async run(): Promise<{ audit: Audit; run: Run }> {
    const { signups, concurrency, seed, sabotage, calm } = this.options;
    const directory = await mkdtemp(join(tmpdir(), 'usher-chaos-'));
    this.stops.push(() => rm(directory, { recursive: true, force: true }));
    // As root, PostgreSQL runs as a user of its own, who has to get in.
    await chmod(directory, 0o755);

    const postgres = await preparePostgres(join(directory, 'postgres'));
    const rabbitmq = await prepareRabbitmq(join(directory, 'rabbitmq'));
    this.stops.push(() => Promise.all([postgres.stop(), rabbitmq.stop()]));
    await Promise.all([postgres.start(), rabbitmq.start()]);
    const mailSink = new MailSink();
    await mailSink.start();
    this.stops.push(() => mailSink.stop());
    const [toPostgres, toRabbitmq] = await Promise.all([
      this.line(postgres.url),
      this.line(rabbitmq.url),
    ]);
    this.say('PostgreSQL, RabbitMQ and the mail sink run');

    await migrateDatabase(postgres.url);
    await this.withDatabase(postgres.url, async (database) => {
      await installWitness(database);
      if (sabotage === 'ledger') await forgetWhatIsDone(database);
    });
    const ports = [await freePort(), await freePort()];
    const apis = ports.map((port) => `http://127.0.0.1:${port}`);
    const fleet = await this.fleet(ports, {
      ...ENVIRONMENT,
      ...(sabotage === 'ack' && NO_RECONCILER),
      DATABASE_URL: toPostgres.url,
      RABBITMQ_URL: toRabbitmq.url,
      SMTP_URL: mailSink.url,
      PUBLIC_URL: apis[0]!,
    });
    await fleet.startAll();
    this.say(`${fleet.instances.length} processes are ready; ${signups} sign-ups begin`);
    if (sabotage === 'ledger') this.stops.push(await doubleEveryEvent(rabbitmq.url));
    if (sabotage === 'ack') this.stops.push(await acknowledgeTooEarly(rabbitmq.url));

    const load = new Load({ signups, concurrency, seed, apis });
    this.load = load;
    const targets = { fleet, postgres, rabbitmq, toPostgres, toRabbitmq, mailSink };
    const faults = new Faults(targets, seed, RETRY_DELAYS_MS, (text) => this.say(text));
    const breaking = !calm && !sabotage;
    await Promise.all([load.run(), breaking && faults.run(() => load.isOver)]);
    this.say(`the load is over${breaking ? ', and so are the faults' : ''}`);

    await this.withDatabase(postgres.url, (database) => this.settle(database, rabbitmq.url));
    await fleet.stop();
    this.say('all processes have stopped; reading what they left behind');
    const evidence = {
      accepted: load.accepted,
      wrongAnswers: load.wrongAnswers,
      unexpectedExits: fleet.unexpectedExits,
      isRefused: (address: string) => mannerOf(address) === 'refused',
      mails: mailSink.mails,
      database: await this.withDatabase(postgres.url, readDatabase),
      broker: await readBroker(rabbitmq.url, RETRY_DELAYS_MS),
    };
    return {
      audit: audit(evidence),
      run: {
        asked: signups,
        faults: faults.done,
        latency: measure(load.accepted),
        seconds: (Date.now() - this.startedAt) / 1_000,
      },
    };
  }

  /** Stops all that was started, the last first. */
  async clear(): Promise<void> {
    for (const stop of this.stops.splice(0).toReversed()) {
      await stop().catch((error: Error) => this.say(`while clearing away: ${error.message}`));
    }
  }

  private async line(url: string): Promise<BreakableLine> {
    const line = await BreakableLine.to(url);
    this.stops.push(() => line.close());
    return line;
  }

  private async fleet(ports: readonly number[], env: Record<string, string>): Promise<Fleet> {
    const { logs } = this.options;
    if (logs) await mkdir(logs, { recursive: true });
    const files = new Map<string, (line: string) => void>();
    const onLine = (id: string, text: string) => {
      if (!logs) return;
      if (!files.has(id)) {
        const file = createWriteStream(join(logs, `${id}.log`));
        files.set(id, (line) => file.write(`${line}\n`));
      }
      files.get(id)!(text);
    };
    const worker = (app: string, n = 1) => ({ id: `${app}-${n}`, app });
    const fleet = new Fleet(
      [
        ...ports.map((port, i) => ({
          id: `api-${i + 1}`,
          app: 'api',
          env: { HTTP_PORT: String(port) },
        })),
        worker('email-worker', 1),
        worker('email-worker', 2),
        worker('recommendation-worker'),
        worker('notification-worker'),
      ],
      env,
      onLine,
    );
    this.stops.push(() => fleet.stop());
    return fleet;
  }

  /** Waits until every event has its outcomes and no queue holds a message; what is still open then, the auditor sees. */
  private async settle(database: Database, brokerUrl: string): Promise<void> {
    const { settleWithinMs } = this.options;
    let toldAt = 0;
    const settled = async () => {
      const open = await countOpen(database);
      if (Date.now() - toldAt > TELL_EVERY_MS) {
        this.say(`${open} deliveries without an outcome`);
        toldAt = Date.now();
      }
      if (open > 0) return false;
      const { left } = await readBroker(brokerUrl, RETRY_DELAYS_MS, false);
      return Object.values(left).every((count) => count === 0);
    };
    await eventually(settled, settleWithinMs).catch((error: Error) => this.say(error.message));
  }

  private async withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
    const options = { url, applicationName: 'chaos auditor', poolSize: 2 };
    const dataSource = await createDataSource(options).initialize();
    try {
      return await work(new Database(dataSource));
    } finally {
      await dataSource.destroy();
    }
  }

  private say(text: string): void {
    const seconds = ((Date.now() - this.startedAt) / 1_000).toFixed(1).padStart(6);
    const accepted = this.load ? `${this.load.accepted.length} accepted`.padEnd(14) : '';
    this.out(`${seconds} s  ${accepted}${text}`);
  }
}
