import type { Bench, BenchResult } from '../bench.js';
import { ratios, summarize } from '../measuring/statistics.js';
import { withBenchServers } from '../servers.js';
import { BenchStack } from '../stack/bench-stack.js';
import { allRunning } from './all-running.js';
import type { SignUpSample } from './sign-up-load.js';
import { signUpTable, type SignUpMeasurement } from './signup-table.js';
import { workersStopped } from './workers-stopped.js';

export const signup: Bench = {
  name: 'signup',
  measures:
    'sign-ups/s beside bare hashes, a bare server and better-auth; without and with workers',
  run: (options, say) =>
    withBenchServers(async (servers) => {
      const stack = await BenchStack.open(servers, options.profiles);
      try {
        await stack.start('api');
        const measured: SignUpMeasurement = {
          workersStopped: await workersStopped(servers, stack, options, say),
          allRunning: await allRunning(servers, stack, options, say),
        };
        return {
          table: signUpTable(measured),
          result: measured,
          servers: servers.versions,
          figures: figuresOf(measured),
        };
      } finally {
        await stack.close();
      }
    }),
};

const figuresOf = (measured: SignUpMeasurement): BenchResult['figures'] => {
  const { hashes, usher, bareServer, betterAuth, me } = measured.workersStopped;
  const { onboarding, ...running } = measured.allRunning;
  return {
    'signup-to-bare-server': ratios(rates(usher), rates(bareServer)),
    'signup-efficiency': ratios(rates(usher), hashes),
    'signup-to-better-auth': ratios(rates(usher), rates(betterAuth)),
    'signup-efficiency-all-running': ratios(rates(running.usher), running.hashes),
    'signup-drain': summarize(running.usher.map(({ drainShare }) => drainShare)),
    'me-p99-under-load': summarize(me.map(({ p99 }) => p99)),
    'onboarding-p50': summarize(onboarding.map(({ p50 }) => p50)),
    'onboarding-p99': summarize(onboarding.map(({ p99 }) => p99)),
  };
};

const rates = (samples: readonly SignUpSample[]) => samples.map(({ perSecond }) => perSecond);
