import { defineConfig } from '#libs/service-defaults';
import { z } from 'zod';

/** Where the database is. */
export class DatabaseConfig extends defineConfig({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'expected postgres://user:password@host:port/name',
  }),
  /** Connections of this process at most. */
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
}) {}
