import type { Database } from '#libs/database';
import { eventually } from '../../support/eventually.js';
import { countCpu } from '../measuring/cpu-time.js';
import { round } from '../measuring/statistics.js';
import type { Broker } from '../stack/broker.js';

/** One queue that one process has emptied. */
export interface DrainSample {
  readonly perSecond: number;
  /** Milliseconds of processor time for each event, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

export interface Drain {
  readonly database: Database;
  readonly broker: Broker;
  /** Also the consumer's name in the ledger. */
  readonly queue: string;
  /** Handled before anything counts, as a process that has just started is slow. */
  readonly warmUp: number;
  /** Handled after that. */
  readonly events: number;
  readonly pids: Readonly<Record<string, number | undefined>>;
}

const TIMEOUT_MS = 600_000;

/** Waits until the queue is empty and its last event is done; the rate is by the ledger's own clock. */
export async function measureDrain(drain: Drain): Promise<DrainSample> {
  const { database, broker, queue, warmUp, events } = drain;
  const done = async () => {
    const [row] = await database.query<{ done: string }>(
      `SELECT count(*) AS done FROM messaging.deliveries WHERE consumer = $1 AND status = 'done'`,
      [queue],
    );
    return Number(row!.done);
  };
  // The broker tells the depth at no cost; the rows are counted only when they must be.
  await eventually(async () => (await broker.depth(queue)) <= events, TIMEOUT_MS);
  const cpuUsed = await countCpu(drain.pids);
  const before = await done();
  await eventually(async () => (await broker.depth(queue)) === 0, TIMEOUT_MS);
  await eventually(async () => (await done()) === warmUp + events, TIMEOUT_MS);
  const counted = warmUp + events - before;
  const cpu = Object.entries(await cpuUsed()).map(([name, ms]) => [name, round(ms / counted)]);
  return {
    perSecond: round(events / (await secondsAfter(warmUp, drain))),
    cpu: Object.fromEntries(cpu),
  };
}

/** From the end of the last event of the warm-up to the end of the last of all. */
async function secondsAfter(warmUp: number, { database, queue }: Drain): Promise<number> {
  const [row] = await database.query<{ seconds: string }>(
    `SELECT extract(epoch FROM max(completed_at) - min(completed_at)) AS seconds
       FROM (SELECT completed_at FROM messaging.deliveries WHERE consumer = $1
              ORDER BY completed_at OFFSET $2) AS counted`,
    [queue, warmUp - 1],
  );
  return Number(row!.seconds);
}
