import { isNativeError } from 'node:util/types';

/** The database could not be reached, or went away; whether a statement took effect may be unknown. */
export class DatabaseUnavailableError extends Error {
  override name = 'DatabaseUnavailableError';
  /** connection_failure */
  readonly code = '08006';

  constructor(cause: unknown) {
    // A refused connection has no message when it was tried on several addresses.
    const { message, code } = cause as { message?: string; code?: string };
    super(`the database cannot be reached: ${message || code}`, { cause });
  }
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction
]);

/**
 * Whether the database could not be reached, or went away, as opposed to refusing the statement.
 * SQLSTATE class 08 and the codes of a server that stops, starts or is full:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isConnectionError(error: unknown): boolean {
  // Not by instanceof: the errors of Node's own modules are foreign to code that runs in a VM context.
  if (!isNativeError(error)) return false;
  const { code, message } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (CONNECTION_CODES.has(code) || /^08...$/.test(code))) return true;
  return /connection terminated|timeout exceeded when trying to connect|is not queryable|query runner already released|database is shutting down|query read timeout/i.test(
    message,
  );
}

/** Whether the server gave up the statement because it took too long, as when it waits for a lock. */
export function isStatementTimeout(error: unknown): boolean {
  return (error as { code?: string }).code === '57014';
}

/** The name of the unique constraint that a statement violated, if that is why it failed. */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === '23505' ? constraint : undefined;
}
