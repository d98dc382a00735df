import { accessSync, constants } from 'node:fs';

/** As pg 8 understands them: docs/connections.md says what each means. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/**
 * What is wrong with the TLS parameters of a database URL, or undefined. pg itself takes an unknown `sslmode`
 * for `verify-full`, and reads the files only when it connects.
 */
export function databaseTlsProblem(url: string): string | undefined {
  const { searchParams } = new URL(url);
  // Of a parameter that is given twice pg takes the last.
  const parameter = (name: string) => searchParams.getAll(name).at(-1);
  const mode = parameter('sslmode');
  if (mode !== undefined && !SSL_MODES.includes(mode)) {
    return `sslmode must be one of ${SSL_MODES.join(', ')}`;
  }
  const libpq = parameter('uselibpqcompat') === 'true';
  if (libpq && mode === 'verify-ca' && !parameter('sslrootcert')) {
    return 'sslmode=verify-ca with uselibpqcompat needs sslrootcert';
  }
  for (const name of FILES) {
    const path = parameter(name);
    if (!path) continue;
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      return `${name} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
  }
  return undefined;
}
