import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const PASSWORD_BYTES = 16;
/** What every local server had before each got a password of its own. */
const FORMER_PASSWORD = 'usher';

/** Letters and digits only, so that it is the same in a URL and in a configuration file. */
export const randomPassword = (): string => randomBytes(PASSWORD_BYTES).toString('hex');

/**
 * The password of a local server: a random one, made at the first start and kept in a file that only its owner
 * can read. So an address that is copied from one stack opens no other.
 * @param isOlder whether the server was there before such files; then it keeps the password that it has
 */
export function keptPassword(file: string, isOlder = false): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const password = isOlder ? FORMER_PASSWORD : randomPassword();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, password, { mode: 0o600, flag: 'wx' });
  return password;
}

/** Of the PostgreSQL in this folder; the file is beside it, since a new data folder has to be empty. */
export const postgresPassword = (directory: string): string =>
  keptPassword(`${directory}.password`, existsSync(`${directory}/PG_VERSION`));

/** Of the RabbitMQ nodes with this home, which is also where they keep the cookie that they share. */
export const rabbitmqPassword = (home: string): string => keptPassword(`${home}/password`);
