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
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) {
    return `sslmode must be one of ${SSL_MODES.join(', ')}`;
  }
  const libpq = searchParams.get('uselibpqcompat') === 'true';
  if (libpq && mode === 'verify-ca' && !searchParams.has('sslrootcert')) {
    return 'sslmode=verify-ca with uselibpqcompat needs sslrootcert';
  }
  for (const name of FILES) {
    const path = searchParams.get(name);
    if (!path) continue;
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      return `${name} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
  }
  return undefined;
}
