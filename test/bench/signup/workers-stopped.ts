import type { BenchOptions } from '../bench.js';
import { measureRounds } from '../measuring/rounds.js';
import type { BenchServers } from '../servers.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { outboxEmpty } from '../stack/follow-ups.js';
import { bareHashRate, startBareServer, startBetterAuth } from './competitors.js';
import { readWhileSigningUp } from './readers.js';
import { usherLoad } from './sign-up-load.js';

/** V8 compiles what has run often, which takes a sign-up server about 1,500 sign-ups. */
const WARM_UPS = 2;

/** The API alone, its relay running, beside all who do the same. */
export async function workersStopped(
  servers: BenchServers,
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
) {
  const bareServer = await startBareServer(servers, stack.broker);
  const betterAuth = await startBetterAuth(servers, false);
  const boundedBetterAuth = await startBetterAuth(servers, true);
  const shared = { PostgreSQL: servers.postgres.pid, broker: servers.broker.pid };
  // What is left over must not be work in another's round.
  const settled = async () => {
    await outboxEmpty(stack.database);
    await stack.broker.purgeAll();
  };
  try {
    return await measureRounds(
      {
        hashes: () => bareHashRate(seconds),
        usher: async () => {
          const pids = { ...stack.pids, ...shared };
          const sample = await usherLoad({ url: stack.url, seconds, pids });
          await settled();
          return sample;
        },
        bareServer: () => bareServer.measure(seconds, shared),
        betterAuth: () => betterAuth.measure(seconds, shared),
        boundedBetterAuth: () => boundedBetterAuth.measure(seconds, shared),
        me: async () => {
          const times = await readWhileSigningUp(stack.url, seconds);
          await settled();
          return times;
        },
      },
      rounds,
      say,
      WARM_UPS,
    );
  } finally {
    await bareServer.stop();
    await betterAuth.stop();
    await boundedBetterAuth.stop();
  }
}
