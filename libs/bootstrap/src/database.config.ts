import { defineConfig, serverUrl } from '#libs/service-defaults';
import { z } from 'zod';
import { databaseTlsProblem } from './database-tls.js';

const databaseUrl = () =>
  serverUrl({
    protocol: /^postgres(ql)?:$/,
    example: 'postgres://user:password@host:port/name',
    accepts: ({ pathname }) => pathname.length > 1,
  });

/** Where the database is. */
export class DatabaseConfig extends defineConfig({
  DATABASE_URL: databaseUrl().superRefine((url, context) => {
    const problem = URL.canParse(url) ? databaseTlsProblem(url) : undefined;
    if (problem) context.addIssue({ code: 'custom', message: problem });
  }),
  /** Connections of this process at most. */
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  /** Whether statements are prepared; `auto` finds out whether a pooler can hold them. */
  DATABASE_PREPARED: z.enum(['auto', 'on', 'off']).default('auto'),
}) {}
