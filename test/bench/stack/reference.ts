import { Child } from '../../../tools/embedded-stack/src/child.js';
import { built } from '../../../tools/embedded-stack/src/paths.js';

/** Starts one of the programs in `test/bench/references`. */
export function startReference(name: string, options: object): Child {
  const program = built(`test/bench/references/${name}.main.js`);
  return new Child(name, program, { args: [JSON.stringify(options)], env: ENVIRONMENT });
}

/** Runs one that measures by itself, to its end. */
export async function runReference<T>(name: string, options: object): Promise<T> {
  const child = startReference(name, options);
  const measured = await child.message<T>();
  await child.stop();
  return measured;
}

const ENVIRONMENT = { NODE_ENV: 'production' };
