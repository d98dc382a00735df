import { rule } from './sqlstates.js';

/** The database could not be used; whether a statement took effect may be unknown. */
export class DatabaseUnavailableError extends Error {
  override name = 'DatabaseUnavailableError';
  /** connection_failure */
  readonly code = '08006';

  constructor(cause: unknown) {
    // A refused connection has no message when it was tried on several addresses.
    const { message, code } = cause as { message?: string; code?: string };
    super(`the database is not available: ${message || code}`, { cause });
  }
}

/** Whether the state of the database is at fault, and not the statement: the same work succeeds later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return rule(error).meaning !== 'defect';
}

/** Whether the server gave up the statement because it took too long, as when it waits for a lock. */
export function isStatementTimeout(error: unknown): boolean {
  return (error as { code?: string }).code === '57014';
}
