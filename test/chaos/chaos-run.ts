import type { Database } from '#libs/database';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { audit, type Audit } from './auditor.js';
import { countOpen, readBroker, readDatabase } from './evidence.js';
import { Faults } from './faults.js';
import type { Fleet } from './fleet.js';
import { Load } from './load.js';
import { mannerOf } from './mail-sink.js';
import { measure, type Run } from './report.js';
import {
  acknowledgeTooEarly,
  doubleEveryEvent,
  forgetWhatIsDone,
  type Sabotage,
} from './sabotage.js';
import { Stage } from './stage.js';
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
  CONSUMER_PREFETCH: '4',
  CONSUMER_RETRY_DELAYS: '1s,2s,4s',
  CONSUMER_HANDLER_TIMEOUT: '5s',
  CONSUMER_EXTERNAL_TIMEOUT: '5s',
  OUTBOX_LEASE: '5s',
  RECONCILE_INTERVAL: '2s',
  RECONCILE_AFTER: '10s',
};
const NO_RECONCILER = { RECONCILE_INTERVAL: '1h' };

/** One run: its parts are brought up, loaded, broken, audited, and cleared away by `clear`, which may be called at any time. */
export class ChaosRun {
  private readonly startedAt = Date.now();
  private stage: Stage | undefined;
  private load: Load | undefined;

  constructor(
    private readonly options: ChaosOptions,
    private readonly out: (line: string) => void,
  ) {}

  async run(): Promise<{ audit: Audit; run: Run }> {
    const { signups, concurrency, seed, sabotage, calm } = this.options;
    const stage = await Stage.open();
    this.stage = stage;
    const { postgres, rabbitmq, mailSink, database } = stage;
    const [toPostgres, toRabbitmq] = await Promise.all(
      [stage.databaseUrl, rabbitmq.url].map((url) => this.proxyBefore(url)),
    );
    this.say('PostgreSQL, RabbitMQ and the mail sink run');

    await installWitness(database);
    if (sabotage === 'ledger') await forgetWhatIsDone(database);
    const ports = [await freePort(), await freePort()];
    const apis = ports.map((port) => `http://127.0.0.1:${port}`);
    const fleet = await this.fleet(ports, {
      ...ENVIRONMENT,
      ...(sabotage === 'ack' && NO_RECONCILER),
      DATABASE_URL: toPostgres!.url,
      RABBITMQ_URL: toRabbitmq!.url,
      PUBLIC_URL: apis[0]!,
    });
    await fleet.startAll();
    this.say(`${fleet.instances.length} processes are ready; ${signups} sign-ups begin`);
    if (sabotage === 'ledger') stage.onClear(await doubleEveryEvent(rabbitmq.url));
    if (sabotage === 'ack') stage.onClear(await acknowledgeTooEarly(rabbitmq.url));

    const load = new Load({ signups, concurrency, seed, apis });
    this.load = load;
    const targets = {
      fleet,
      postgres,
      rabbitmq,
      toPostgres: toPostgres!,
      toRabbitmq: toRabbitmq!,
      mailSink,
    };
    const faults = new Faults(targets, seed, RETRY_DELAYS_MS, (text) => this.say(text));
    const breaking = !calm && !sabotage;
    await Promise.all([load.run(), breaking && faults.run(() => load.isOver)]);
    this.say(`the load is over${breaking ? ', and so are the faults' : ''}`);

    await this.settle(database, rabbitmq.url);
    await fleet.stop();
    this.say('all processes have stopped; reading what they left behind');
    const evidence = {
      accepted: load.accepted,
      wrongAnswers: load.wrongAnswers,
      unexpectedExits: fleet.unexpectedExits,
      isRefused: (address: string) => mannerOf(address) === 'refused',
      mails: mailSink.mails,
      database: await readDatabase(database),
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
    await this.stage?.clear((text) => this.say(text));
  }

  private async proxyBefore(url: string): Promise<FaultProxy> {
    const proxy = await FaultProxy.before(url);
    this.stage!.onClear(() => proxy.close());
    return proxy;
  }

  private fleet(ports: readonly number[], env: Record<string, string>): Promise<Fleet> {
    const worker = (app: string, n = 1) => ({ id: `${app}-${n}`, app });
    const apis = ports.map((port, i) => ({
      id: `api-${i + 1}`,
      app: 'api',
      env: { HTTP_PORT: String(port) },
    }));
    const workers = [
      worker('email-worker', 1),
      worker('email-worker', 2),
      worker('recommendation-worker'),
      worker('notification-worker'),
    ];
    return this.stage!.fleet([...apis, ...workers], env, this.options.logs);
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

  private say(text: string): void {
    const seconds = ((Date.now() - this.startedAt) / 1_000).toFixed(1).padStart(6);
    const accepted = this.load ? `${this.load.accepted.length} accepted`.padEnd(14) : '';
    this.out(`${seconds} s  ${accepted}${text}`);
  }
}
