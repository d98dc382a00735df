import type { Bench, BenchOptions, BenchResult } from '../bench.js';
import { measureRounds } from '../measuring/rounds.js';
import { ratios, summarize } from '../measuring/statistics.js';
import { withBenchServers, type BenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { consumeTable, type ConsumeMeasurement } from './consume-table.js';
import { Consumers } from './contenders.js';
import type { DrainSample } from './drain.js';
import { growthOf, memoryCourse } from './memory.js';
import { startUpTimes } from './start-up.js';

/** So many events for each second that a round is to last, roughly. */
const EVENTS_PER_SECOND = { 1: 500, 10: 1_200 } as const;
/** A process that has just started is slow: code that runs often is still being compiled. */
const WARM_UP = 3_000;
/** The shortest round for which memory and backlog are measured to the full. */
const FULL_SECONDS = 10;
const SOAK_EVENTS = 50_000;
const BACKLOGS = [1_000, 10_000, 100_000];

/** Each takes minutes. */
const MOST_BACKLOG_ROUNDS = 3;

export const consume: Bench = {
  name: 'consume',
  measures: 'events/s of a worker beside amqplib + pg by hand; backlog, memory, start-up',
  run: (options, say) =>
    withBenchServers(async (servers) => {
      const stack = await BenchStack.open(servers, options.profiles);
      try {
        const measured = await measure(servers, stack, options, say);
        return {
          table: consumeTable(measured),
          result: measured,
          servers: servers.versions,
          figures: figuresOf(measured, options.seconds >= FULL_SECONDS),
        };
      } finally {
        await stack.close();
      }
    }),
};

async function measure(
  servers: BenchServers,
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<ConsumeMeasurement> {
  const share = Math.min(1, seconds / FULL_SECONDS);
  const consumers = await Consumers.prepare(servers, stack);
  const atPrefetch = (prefetch: 1 | 10) => {
    const events = Math.ceil(EVENTS_PER_SECOND[prefetch] * seconds);
    const size = { prefetch, events, warmUp: WARM_UP };
    const contenders = {
      usher: () => consumers.usher(size),
      amqplib: () => consumers.reference('consume', size),
      nest: () => consumers.reference('nest-consume', size),
    };
    return measureRounds(contenders, rounds, (line) => say(`prefetch ${prefetch}: ${line}`));
  };
  const withBacklog = (backlog: number) => {
    const events = Math.ceil(backlog * share);
    return consumers.usher({ prefetch: 10, warmUp: WARM_UP, events });
  };
  try {
    return {
      prefetch1: await atPrefetch(1),
      prefetch10: await atPrefetch(10),
      backlog: await measureRounds(
        Object.fromEntries(
          BACKLOGS.map((each) => [Math.ceil(each * share), () => withBacklog(each)]),
        ),
        Math.min(rounds, MOST_BACKLOG_ROUNDS),
        (line) => say(`backlog: ${line}`),
      ),
      startUp: (await measureRounds({ times: () => startUpTimes(stack) }, rounds, say)).times,
      memory: await memoryCourse(stack, Math.ceil(SOAK_EVENTS * share)),
    };
  } finally {
    await consumers.close();
  }
}

/** The short form has too few events to tell of memory and backlog. */
function figuresOf(
  { prefetch1, prefetch10, backlog, startUp, memory }: ConsumeMeasurement,
  isFull: boolean,
): BenchResult['figures'] {
  const figures = {
    'consume-1-to-amqplib': ratios(rates(prefetch1.usher), rates(prefetch1.amqplib)),
    'consume-10-to-amqplib': ratios(rates(prefetch10.usher), rates(prefetch10.amqplib)),
    'start-up': summarize(startUp.map((times) => Math.max(...Object.values(times)))),
  };
  if (!isFull) return figures;
  const rateAt = (size: number) => rates(backlog[String(size)]!);
  const growths = Object.values(memory).map((samples) => growthOf(samples).growth);
  const workers = Object.entries(memory).filter(([app]) => app !== 'api');
  const largest = Math.max(...workers.map(([, samples]) => growthOf(samples).megabytes));
  return {
    ...figures,
    'backlog-rate': ratios(rateAt(BACKLOGS.at(-1)!), rateAt(BACKLOGS[0]!)),
    'memory-growth': summarize([Math.max(...growths)]),
    'worker-memory': summarize([largest]),
  };
}

const rates = (samples: readonly DrainSample[]) => samples.map(({ perSecond }) => perSecond);
