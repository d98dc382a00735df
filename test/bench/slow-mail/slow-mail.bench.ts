import { computeRecommendations, deliverGettingStartedGuide } from '#libs/contracts';
import { table } from '../../../tools/usher-cli/src/table.js';
import { eventually } from '../../support/eventually.js';
import type { Bench } from '../bench.js';
import { cells } from '../measuring/cells.js';
import { measureRounds } from '../measuring/rounds.js';
import { ratios } from '../measuring/statistics.js';
import { withBenchServers } from '../servers.js';
import { usherLoad, type SignUpSample } from '../signup/sign-up-load.js';
import { BenchStack } from '../stack/bench-stack.js';
import { outboxEmpty } from '../stack/follow-ups.js';

const SLOW_MS = 2_000;
const DRAIN_TIMEOUT_MS = 120_000;

export const slowMail: Bench = {
  name: 'slow-mail',
  measures: 'sign-up p50/p99 with SMTP instant, at 2 s a mail, and down',
  run: ({ rounds, seconds, profiles }, say) =>
    withBenchServers(async (servers) => {
      const stack = await BenchStack.open(servers, profiles);
      try {
        await stack.start('api');
        await stack.startWorkers();
        const load = async () => {
          const sample = await usherLoad({ url: stack.url, seconds, pids: {} });
          await settled(stack);
          return sample;
        };
        const samples = await measureRounds(
          {
            instant: async () => {
              await stack.mail.takeAfter(0);
              return load();
            },
            slow: async () => {
              await stack.mail.takeAfter(SLOW_MS);
              return load();
            },
            down: async () => {
              await stack.mail.stop();
              return load();
            },
          },
          rounds,
          say,
        );
        const p99 = (of: readonly SignUpSample[]) => of.map((sample) => sample.p99);
        return {
          table: table([
            ['medians of the rounds', 'sign-ups/s', 'spread', 'p50/p95/p99 ms'],
            row('SMTP instant', samples.instant),
            row('SMTP at 2 s a mail', samples.slow),
            row('SMTP down', samples.down),
          ]),
          result: samples,
          servers: servers.versions,
          figures: {
            'slow-mail-p99': ratios(p99(samples.slow), p99(samples.instant)),
            'mail-down-p99': ratios(p99(samples.down), p99(samples.instant)),
          },
        };
      } finally {
        await stack.close();
      }
    }),
};

/** What this load left behind must not be work in the next: the other workers end, the mails are forgotten. */
async function settled(stack: BenchStack): Promise<void> {
  await outboxEmpty(stack.database);
  for (const { consumer } of [computeRecommendations, deliverGettingStartedGuide]) {
    await eventually(async () => (await stack.broker.depth(consumer)) === 0, DRAIN_TIMEOUT_MS);
  }
  await stack.reset();
}

const row = (name: string, samples: readonly SignUpSample[]) => [
  name,
  ...cells.rate(samples.map(({ perSecond }) => perSecond)),
  cells.latency(samples),
];
