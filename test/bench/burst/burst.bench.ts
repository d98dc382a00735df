import { table } from '../../../tools/usher-cli/src/table.js';
import type { Bench } from '../bench.js';
import { cells } from '../measuring/cells.js';
import { measureRounds } from '../measuring/rounds.js';
import { summarize } from '../measuring/statistics.js';
import { withBenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { offer, type OfferedSample } from './offered-load.js';

const BURST_PER_SECOND = 2_000;
/** From hardly anything to more than the two cores can hash. */
const STEPS_PER_SECOND = [10, 20, 40, 60, 80, 100, 150, 200];

export const burst: Bench = {
  name: 'burst',
  measures: 'latency against offered load; 2,000 sign-ups/s offered: accepted, shed, lost, twice',
  run: ({ rounds, seconds, profiles }, say) =>
    withBenchServers(async (servers) => {
      const stack = await BenchStack.open(servers, profiles);
      try {
        await stack.start('api');
        await stack.startWorkers();
        const contenders = { burst: () => offer(stack, BURST_PER_SECOND, seconds) };
        const { burst: bursts } = await measureRounds(contenders, rounds, say);
        const steps: OfferedSample[] = [];
        for (const perSecond of STEPS_PER_SECOND) {
          say(`${perSecond} sign-ups/s offered`);
          steps.push(await offer(stack, perSecond, seconds));
        }
        return {
          table: describe([...steps.map((step) => [step]), bursts]),
          result: { bursts, steps },
          servers: servers.versions,
          figures: {
            'burst-p99': summarize(bursts.map(({ p99 }) => p99)),
            'burst-wrong': summarize([sum(bursts.map(({ wrong }) => wrong))]),
            'burst-lost': summarize([sum(bursts.map((each) => each.lost + each.duplicates))]),
          },
        };
      } finally {
        await stack.close();
      }
    }),
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** One row for each rate; with several rounds the medians, and of what may not happen the sum. */
function describe(rates: readonly (readonly OfferedSample[])[]): string {
  const middle = (samples: readonly OfferedSample[], of: (sample: OfferedSample) => number) =>
    String(summarize(samples.map(of)).median);
  return table([
    [
      'offered/s',
      'offered',
      'accepted',
      'shed',
      'other',
      'p50/p95/p99 ms',
      'sent late by ms',
      'all done after s',
      'lost',
      'duplicates',
    ],
    ...rates.map((samples) => [
      middle(samples, ({ offeredPerSecond }) => offeredPerSecond),
      middle(samples, ({ offered }) => offered),
      middle(samples, ({ accepted }) => accepted),
      middle(samples, ({ shed }) => shed),
      String(sum(samples.map(({ wrong }) => wrong))),
      cells.latency(samples),
      middle(samples, ({ latestSendMs }) => latestSendMs),
      middle(samples, ({ secondsToAllDone }) => secondsToAllDone),
      String(sum(samples.map(({ lost }) => lost))),
      String(sum(samples.map(({ duplicates }) => duplicates))),
    ]),
  ]);
}
