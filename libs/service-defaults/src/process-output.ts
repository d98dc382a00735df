import { format } from 'node:util';
import type { Log } from './logger.js';

/** Warnings that are remembered so as to be logged once; further ones are logged each time. */
const MAX_REMEMBERED = 100;

const LEVEL_OF_METHOD = {
  log: 'info',
  info: 'info',
  debug: 'debug',
  warn: 'warn',
  error: 'error',
  trace: 'warn',
} as const;

/**
 * Routes to the log what Node and libraries would print by themselves, so that every line of the process is
 * one of the log's: warnings, deprecations among them, each once; calls of `console`; and the uncaught error
 * that ends the process with exit code 1.
 */
export function captureOutput(log: Log): void {
  captureWarnings(log);
  for (const [method, level] of Object.entries(LEVEL_OF_METHOD)) {
    console[method as keyof typeof LEVEL_OF_METHOD] = (...values: unknown[]) =>
      log[level](format(...values));
  }
  process.on('uncaughtException', (error: unknown) => {
    log.fatal({ err: error instanceof Error ? error : new Error(format(error)) }, 'uncaught error');
    process.exit(1);
  });
}

function captureWarnings(log: Log): void {
  // Node's own listener is what prints them.
  process.removeAllListeners('warning');
  const logged = new Set<string>();
  process.on('warning', ({ name, message, code }: Error & { code?: string }) => {
    const key = `${name} ${code} ${message}`;
    if (logged.has(key)) return;
    if (logged.size < MAX_REMEMBERED) logged.add(key);
    log.warn({ warning: name, ...(code !== undefined && { code }) }, message);
  });
}
