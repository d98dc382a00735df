import { hash, type Options } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';

/** argon2id, the parameters that Usher has. */
export const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

let running = 0;
const waiting: (() => void)[] = [];

/** As many hashes at once as there are cores; more would only take the cores from each other. */
export async function hashPassword(password: string): Promise<string> {
  if (running >= availableParallelism()) await new Promise<void>((turn) => waiting.push(turn));
  else running++;
  try {
    return await hash(password, PARAMETERS);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
