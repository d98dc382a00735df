import { z } from 'zod';
import { duration } from './duration.js';
import { extraCaCerts } from './extra-ca-certs.js';
import { defineConfig } from './load-config.js';

/** A TCP port as text; 0 takes any free one. */
export const port = () => z.coerce.number().int().min(0).max(65_535);

/**
 * A secret that has a default on a developer's machine and none with `NODE_ENV=production`.
 * At least `minLength` characters.
 */
export const secret = (developmentDefault: string, minLength = 16) => {
  const text = z.string().min(minLength);
  return z
    .string()
    .optional()
    .transform((value, context) => {
      const given = value ?? (process.env['NODE_ENV'] === 'production' ? '' : developmentDefault);
      const parsed = text.safeParse(given);
      if (parsed.success) return parsed.data;
      context.addIssue({
        code: 'custom',
        message: `expected a secret of at least ${minLength} characters; there is no default with NODE_ENV=production`,
      });
      return z.NEVER;
    });
};

/** What every process has: logs, the health and metrics address, and the time it may take to stop. */
export class ServiceConfig extends defineConfig({
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: port().default(0),
  SHUTDOWN_TIMEOUT: duration().default(30_000),
  /** Read by Node itself, for every TLS connection of the process. */
  NODE_EXTRA_CA_CERTS: extraCaCerts(),
}) {}
