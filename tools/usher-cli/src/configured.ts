import { loadConfig, type AnyConfigClass } from '#libs/service-defaults';
import { dataDirectory } from '../../embedded-stack/src/paths.js';
import { readStack } from '../../embedded-stack/src/stack-file.js';

/** What a running `npm run up` knows. */
const OF_THE_STACK = { DATABASE_URL: 'database', RABBITMQ_URL: 'rabbitmq' } as const;

/**
 * The one component's configuration that a command needs. Where no variable names a server, the addresses are
 * those of the stack that `npm run up` runs, if it runs.
 * @throws ConfigError, or Error when the file of that stack is stale
 */
export async function configured<C extends AnyConfigClass>(config: C): Promise<InstanceType<C>> {
  const env = { ...process.env, ...(await missingAddresses(config)) };
  return loadConfig([config], env).get(config) as InstanceType<C>;
}

/** None once one server is named: a database and a broker of two stacks must not meet. */
async function missingAddresses({ shape }: AnyConfigClass): Promise<Record<string, string>> {
  const names = Object.keys(OF_THE_STACK);
  if (names.some((name) => process.env[name] || process.env[`${name}_FILE`])) return {};
  const missing = Object.entries(OF_THE_STACK).filter(([name]) => name in shape);
  const stack = missing.length > 0 ? await readStack(dataDirectory()) : undefined;
  return stack ? Object.fromEntries(missing.map(([name, part]) => [name, stack.urls[part]])) : {};
}
