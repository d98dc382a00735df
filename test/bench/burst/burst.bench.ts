import { table } from '../../../tools/usher-cli/src/table.js';
import type { Bench, BenchOptions } from '../bench.js';
import { cells } from '../measuring/cells.js';
import { round, summarize } from '../measuring/statistics.js';
import { withBenchServers, type BenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { crowd } from './crowd.js';
import type { CrowdSample } from './crowd-figures.js';
import { offer, type OfferedSample } from './offered-load.js';
import { costRatio, measureSteady, steadyRate } from './steady.js';
import { ticketMemory, ticketRates } from './tickets.js';

const CROWD_PER_SECOND = 2_000;
/** From hardly anything to more than the two cores can hash. */
const STEPS_PER_SECOND = [10, 20, 40, 60, 80, 100, 150, 200];

/** A crowd takes minutes, so that each is measured once; rounds are those of the rate that it is held against. */
const CROWDS = {
  'all stay': { noShows: 0 },
  '20 % leave': { noShows: 0.2 },
  '50 % leave': { noShows: 0.5 },
  '20 % know only Retry-After, 10 % hammer': { noShows: 0, retryAfter: 0.2, hammers: 0.1 },
} as const;
type CrowdName = keyof typeof CROWDS;
type Crowds = Record<CrowdName, CrowdSample>;

export const burst: Bench = {
  name: 'burst',
  measures: 'a crowd of 2,000 people a second who wait in the line until all have an account',
  run: (options, say) =>
    withBenchServers(async (servers) => {
      const tickets = { ...(await ticketRates(servers, options, say)), ...(await ticketMemory()) };
      const steady = await measureSteady(servers, options, say);
      const perSecond = steadyRate(steady);
      say(`steady: ${round(perSecond)} sign-ups/s`);
      const crowds = await measureCrowds(servers, options, perSecond, say);
      const steps = await measureSteps(servers, options, say);
      const values = Object.values(crowds);
      const mixed = crowds['20 % know only Retry-After, 10 % hammer'];
      const ofAll = crowds['all stay'];
      return {
        table: `${describe(crowds, perSecond)}\n\n${describeSteps(steps)}`,
        result: { steady, crowds, steps, tickets },
        servers: servers.versions,
        figures: {
          'burst-finished': one(
            sum(values.map(({ finished }) => finished)) / sum(values.map(({ stayed }) => stayed)),
          ),
          'burst-nothing-lost': one(
            sum(values.map((each) => each.lost + each.duplicates + each.others)),
          ),
          'burst-last-0': one(ofAll.lastToIdeal),
          'burst-last-20': one(crowds['20 % leave'].lastToIdeal),
          'burst-last-50': one(crowds['50 % leave'].lastToIdeal),
          'burst-crowd-rate': one(ofAll.crowdRate),
          'burst-posts': one(Math.max(...values.map(({ postsEach }) => postsEach))),
          'burst-retry-after': one(mixed.waits['retry-after']! / mixed.waits.page!),
          'burst-hammer': one(mixed.waits.hammer! / mixed.waits.page!),
          'burst-order': one(ofAll.orderError * 100),
          'burst-first-turn': one(ofAll.firstTurnError * 100),
          'burst-log-in-p99': one(Math.max(...values.map(({ logIns }) => logIns.p99))),
          'burst-tickets': summarize(tickets.ratios),
          'burst-ticket-memory': one(tickets.memoryMb),
          'burst-cost': one(costRatio(steady)),
        },
      };
    }),
};

const one = (value: number) => summarize([value]);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

async function measureCrowds(
  servers: BenchServers,
  { seconds, profiles }: BenchOptions,
  steady: number,
  say: (line: string) => void,
): Promise<Crowds> {
  const measured = {} as Crowds;
  for (const [name, options] of Object.entries(CROWDS)) {
    const stack = await BenchStack.open(servers, profiles);
    try {
      await stack.start('api', { TRUSTED_PROXIES: 'loopback' });
      await stack.startWorkers();
      const crowdOptions = { perSecond: CROWD_PER_SECOND, seconds, steady, ...options };
      say(`warm-up: ${CROWD_PER_SECOND} people`);
      await crowd(stack, { ...crowdOptions, seconds: 1, noShows: 0 });
      say(`${CROWD_PER_SECOND * seconds} people: ${name}`);
      measured[name as CrowdName] = await crowd(stack, crowdOptions);
      say(describe({ [name]: measured[name as CrowdName] }, steady));
    } finally {
      await stack.close();
    }
  }
  return measured;
}

async function measureSteps(
  servers: BenchServers,
  { seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<OfferedSample[]> {
  const stack = await BenchStack.open(servers);
  const steps: OfferedSample[] = [];
  try {
    await stack.start('api', { LINE: 'off' });
    await stack.startWorkers();
    for (const perSecond of STEPS_PER_SECOND) {
      say(`${perSecond} sign-ups/s offered, without the line`);
      steps.push(await offer(stack, perSecond, seconds));
    }
    return steps;
  } finally {
    await stack.close();
  }
}

function describe(crowds: Partial<Crowds>, steady: number): string {
  return table([
    [
      `held against ${round(steady)} sign-ups/s`,
      'stayed',
      'finished',
      'other',
      'lost',
      'twice',
      'last after s',
      '÷ ideal',
      'POSTs each',
      'order p99',
      'first turn off by',
      'log-in p99 ms',
    ],
    ...Object.entries(crowds).map(([name, each]) => [
      name,
      ...[each.stayed, each.finished, each.others, each.lost, each.duplicates].map(String),
      ...[each.lastSeconds, each.lastToIdeal, each.postsEach].map(String),
      `${round(each.orderError * 100)} %`,
      `${round(each.firstTurnError * 100)} %`,
      String(each.logIns.p99),
    ]),
  ]);
}

const describeSteps = (steps: readonly OfferedSample[]) =>
  table([
    ['without the line: offered/s', 'accepted', 'shed', 'p50/p95/p99 ms', 'sent late by ms'],
    ...steps.map((step) => [
      String(step.offeredPerSecond),
      String(step.accepted),
      String(step.shed),
      cells.latency([step]),
      String(step.latestSendMs),
    ]),
  ]);
