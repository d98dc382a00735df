import { deliverGettingStartedGuide } from '#libs/contracts';
import type { Database } from '#libs/database';
import { createTestDatabase } from '../../support/test-database.js';
import type { ConsumeOptions } from '../references/consume.main.js';
import type { NestConsumeOptions } from '../references/nest-consume.main.js';
import type { BenchServers } from '../servers.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { startReference } from '../stack/reference.js';
import { nestMessage, registrationMessage } from '../stack/sample-events.js';
import { measureDrain, type DrainSample } from './drain.js';

/** How much of a queue is handled, and how. */
export interface DrainSize {
  readonly prefetch: number;
  readonly warmUp: number;
  readonly events: number;
}

const QUEUE = 'reference.consume';
const EVENT_TYPE = 'person.welcomed.v1';

/** Those who empty a queue: each time as a fresh process, with a full queue. */
export class Consumers {
  private constructor(
    private readonly servers: BenchServers,
    private readonly stack: BenchStack,
    /** Of the references, with Usher's schema. */
    private readonly other: { readonly url: string; readonly database: Database },
    readonly close: () => Promise<void>,
  ) {}

  static async prepare(servers: BenchServers, stack: BenchStack): Promise<Consumers> {
    const { drop, ...other } = await createTestDatabase(servers.postgres.url);
    await stack.broker.declareReference(EVENT_TYPE, [QUEUE]);
    return new Consumers(servers, stack, other, drop);
  }

  /** The notification worker: ledger and effect in one transaction. */
  async usher({ prefetch, ...size }: DrainSize): Promise<DrainSample> {
    const { stack } = this;
    const queue = deliverGettingStartedGuide.consumer;
    await stack.reset();
    await stack.broker.fill(queue, size.warmUp + size.events, registrationMessage);
    const env = { CONSUMER_PREFETCH: String(prefetch) };
    const worker = await stack.launch('notification-worker', env);
    const pids = { worker: worker.child.pid, ...this.sharedPids };
    const { database, broker } = stack;
    const sample = await measureDrain({ database, broker, queue, pids, ...size });
    await stack.stop('notification-worker');
    return sample;
  }

  /** One of the references, with the same two rows in one transaction. */
  async reference(
    program: 'consume' | 'nest-consume',
    { prefetch, ...size }: DrainSize,
  ): Promise<DrainSample> {
    const { broker } = this.stack;
    const { database, url: databaseUrl } = this.other;
    await database.query('TRUNCATE messaging.deliveries, notification.notifications');
    const make = program === 'consume' ? registrationMessage : nestMessage;
    await broker.fill(QUEUE, size.warmUp + size.events, make);
    const options: ConsumeOptions | NestConsumeOptions = {
      brokerUrl: broker.url,
      databaseUrl,
      queue: QUEUE,
      prefetch,
    };
    const child = startReference(program, options);
    const pids = { worker: child.pid, ...this.sharedPids };
    const sample = await measureDrain({ database, broker, queue: QUEUE, pids, ...size });
    await child.stop();
    return sample;
  }

  private get sharedPids() {
    return { PostgreSQL: this.servers.postgres.pid, broker: this.servers.broker.pid };
  }
}
