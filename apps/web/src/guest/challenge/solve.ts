import { solveChallengeWorkers } from 'altcha-lib';
import type { Challenge } from 'altcha-lib/types';

/** More make it no faster on a phone, and take the page its processor. */
const MAX_WORKERS = 4;
const TIMEOUT_MS = 60_000;

/**
 * Solves a challenge in workers, so that the page goes on. @returns what the sign-up carries as `challenge`
 * @throws Error when the browser cannot, such as on a page that came by plain HTTP
 */
export async function solve(challenge: object): Promise<string> {
  const solution = await solveChallengeWorkers({
    challenge: challenge as Challenge,
    concurrency: Math.min(MAX_WORKERS, navigator.hardwareConcurrency),
    timeout: TIMEOUT_MS,
    createWorker: () =>
      new Worker(new URL('./solving.worker.ts', import.meta.url), { type: 'module' }),
  });
  if (!solution) throw new Error('not solved in time');
  return btoa(JSON.stringify({ challenge, solution }));
}
