import { keepRecipient } from '#libs/contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPreviousRelease, hasPreviousRelease } from '../../support/previous-release.js';
import { measureRounds } from '../measuring/rounds.js';
import { median } from '../measuring/statistics.js';
import type { BenchServers } from '../servers.js';
import { bareHashRate } from '../signup/competitors.js';
import { usherLoad, type SignUpSample } from '../signup/sign-up-load.js';
import { BenchStack } from '../stack/bench-stack.js';
import { followUpsDone } from '../stack/follow-ups.js';

/** What each build can do when as many sign up as it takes, everything running. */
export interface Steady {
  readonly hashes: readonly number[];
  readonly own: readonly SignUpSample[];
  /** The previous release, in the same processes' places. */
  readonly before: readonly SignUpSample[];
}

/** A worker process has less to do in a second than the API, so that it is compiled later. */
const WARM_UPS = 3;

/**
 * Both builds in turn, each alone on the machine, since both read the same queues: half of the rounds of one, all
 * of the other, and the other half.
 * @throws Error in a shallow clone, which has no previous release
 */
export async function measureSteady(
  servers: BenchServers,
  { rounds, seconds }: { rounds: number; seconds: number },
  say: (line: string) => void,
): Promise<Steady> {
  if (!hasPreviousRelease()) throw new Error('git has no commit of the previous release here');
  const folder = await mkdtemp(join(tmpdir(), 'usher-bench-before-'));
  try {
    say('building the previous release');
    buildPreviousRelease(folder);
    const half = { rounds: Math.ceil(rounds / 2), seconds };
    const runs = { own: undefined, before: folder } as const;
    const found = {
      hashes: [] as number[],
      own: [] as SignUpSample[],
      before: [] as SignUpSample[],
    };
    for (const name of ['own', 'before', 'before', 'own'] as const) {
      const { hashes, usher } = await withStack(servers, runs[name], half, say);
      found.hashes.push(...hashes);
      found[name].push(...usher);
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withStack(
  servers: BenchServers,
  checkout: string | undefined,
  { rounds, seconds }: { rounds: number; seconds: number },
  say: (line: string) => void,
) {
  const stack = await BenchStack.open(servers, undefined, checkout);
  try {
    await stack.start('api', { LINE: 'off' });
    await stack.startWorkers();
    // The previous release had the three consumers of the steps, and no other of a registration.
    await stack.broker.unbind(keepRecipient.consumer);
    const pids = {
      ...stack.pids,
      PostgreSQL: servers.postgres.pid,
      broker: servers.broker.pid,
    };
    return await measureRounds(
      {
        hashes: () => bareHashRate(seconds),
        usher: async () => {
          await stack.reset();
          const sample = await usherLoad({ url: stack.url, seconds, pids });
          await followUpsDone(stack.database);
          return sample;
        },
      },
      rounds,
      (line) => say(`${checkout ? 'previous release' : 'this build'}: ${line}`),
      WARM_UPS,
    );
  } finally {
    await stack.close();
  }
}

/** Sign-ups in a second: this build's, or 0.95 of what the previous release can do. */
export const steadyRate = ({ own, before }: Steady): number =>
  Math.max(rateOf(own), 0.95 * rateOf(before));

const rateOf = (samples: readonly SignUpSample[]) =>
  median(samples.map(({ perSecond }) => perSecond));

/** Processor time of a sign-up besides its hash, this build's divided by the previous release's. */
export function costRatio({ hashes, own, before }: Steady): number {
  const hashMs = (availableParallelism() * 1_000) / median(hashes);
  return (costOf(own) - hashMs) / (costOf(before) - hashMs);
}

/** All processes, but for the load's. */
const costOf = (samples: readonly SignUpSample[]) =>
  median(
    samples.map(({ cpu }) =>
      Object.entries(cpu).reduce((sum, [name, each]) => sum + (name === 'load' ? 0 : each), 0),
    ),
  );
