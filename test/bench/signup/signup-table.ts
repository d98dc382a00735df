import { table } from '../../../tools/usher-cli/src/table.js';
import { cells } from '../measuring/cells.js';
import type { Latency } from '../measuring/statistics.js';
import type { SignUpSample } from './sign-up-load.js';

/** All that the bench has measured, one entry a round. */
export interface SignUpMeasurement {
  readonly workersStopped: {
    readonly hashes: readonly number[];
    readonly usher: readonly SignUpSample[];
    readonly bareServer: readonly SignUpSample[];
    readonly betterAuth: readonly SignUpSample[];
    readonly boundedBetterAuth: readonly SignUpSample[];
    readonly me: readonly Latency[];
  };
  readonly allRunning: {
    readonly hashes: readonly number[];
    readonly usher: readonly (SignUpSample & { readonly drainShare: number })[];
    readonly onboarding: readonly Latency[];
  };
}

export function signUpTable({ workersStopped, allRunning }: SignUpMeasurement): string {
  return table([
    ['medians of the rounds', 'per s', 'spread', 'p50/p95/p99 ms', 'CPU ms for each'],
    bare('argon2id alone', workersStopped.hashes),
    server('Usher, workers stopped', workersStopped.usher),
    server('bare node:http server', workersStopped.bareServer),
    server('better-auth', workersStopped.betterAuth),
    server('  with bounded hashes', workersStopped.boundedBetterAuth),
    ['GET /v1/me beside sign-ups', '', '', cells.latency(workersStopped.me)],
    bare('argon2id alone', allRunning.hashes),
    server('Usher, all running', allRunning.usher),
    ['201 to all done, idle', '', '', cells.latency(allRunning.onboarding)],
  ]);
}

const bare = (name: string, perSecond: readonly number[]) => [name, ...cells.rate(perSecond)];

const server = (name: string, samples: readonly SignUpSample[]) => [
  name,
  ...cells.rate(samples.map(({ perSecond }) => perSecond)),
  cells.latency(samples),
  cells.cpu(samples),
];
