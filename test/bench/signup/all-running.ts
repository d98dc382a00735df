import type { BenchOptions } from '../bench.js';
import { measureRounds } from '../measuring/rounds.js';
import { round } from '../measuring/statistics.js';
import type { BenchServers } from '../servers.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { followUpsDone } from '../stack/follow-ups.js';
import { bareHashRate } from './competitors.js';
import { onboardingTimes } from './onboarding-time.js';
import { usherLoad } from './sign-up-load.js';

/** People who sign up one after the other in a second of `seconds`: about as many as there is time for. */
const PEOPLE_PER_SECOND = 10;

/** The same for a worker takes longer: it has less to do in a second. */
const WARM_UPS = 6;

/** API, workers and mail server on the same cores: under load, then idle. */
export async function allRunning(
  { postgres, broker }: BenchServers,
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
) {
  await stack.startWorkers();
  const { hashes, usher } = await measureRounds(
    {
      hashes: () => bareHashRate(seconds),
      usher: async () => {
        await stack.reset();
        const startedAt = Date.now();
        const pids = { ...stack.pids, PostgreSQL: postgres.pid, broker: broker.pid };
        const sample = await usherLoad({ url: stack.url, seconds, pids });
        const endedAt = Date.now();
        const doneAt = (await followUpsDone(stack.database)).getTime();
        const drain = Math.max(0, doneAt - endedAt) / (endedAt - startedAt);
        return { ...sample, drainShare: round(drain) };
      },
    },
    rounds,
    say,
    WARM_UPS,
  );
  await stack.reset();
  const people = Math.ceil(PEOPLE_PER_SECOND * seconds);
  const { onboarding } = await measureRounds(
    { onboarding: () => onboardingTimes(stack, people) },
    rounds,
    say,
  );
  return { hashes, usher, onboarding };
}
