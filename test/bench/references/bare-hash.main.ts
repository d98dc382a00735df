import { availableParallelism } from 'node:os';
import { optionsOf } from './options.js';
import { hashPassword } from './password-hash.js';

/** The machine's limit: nothing but argon2id, at its best concurrency, which is the number of cores. */
export interface BareHashOptions {
  readonly password: string;
  readonly seconds: number;
}

const WARM_UP_SECONDS = 0.5;

const { password, seconds } = optionsOf<BareHashOptions>();

async function hashesPerSecond(duration: number): Promise<number> {
  const startedAt = performance.now();
  let hashes = 0;
  const hashOn = async () => {
    while (performance.now() < startedAt + duration * 1_000) {
      await hashPassword(password);
      hashes++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, hashOn));
  return (hashes * 1_000) / (performance.now() - startedAt);
}

await hashesPerSecond(WARM_UP_SECONDS);
process.send!({ perSecond: await hashesPerSecond(seconds) });
process.disconnect();
