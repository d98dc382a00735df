import { defineConfig } from '#libs/service-defaults';
import { z } from 'zod';
import { databaseTlsProblem } from './database-tls.js';

const EXPECTED = 'expected postgres://user:password@host:port/name';

/** Where the database is. */
export class DatabaseConfig extends defineConfig({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, hostname: /./, error: EXPECTED })
    .refine((url) => URL.canParse(url) && new URL(url).pathname.length > 1, EXPECTED)
    .superRefine((url, context) => {
      const problem = URL.canParse(url) ? databaseTlsProblem(url) : undefined;
      if (problem) context.addIssue({ code: 'custom', message: problem });
    }),
  /** Connections of this process at most. */
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
}) {}
