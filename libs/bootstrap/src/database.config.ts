import { defineConfig } from '#libs/service-defaults';
import { z } from 'zod';

const EXPECTED = 'expected postgres://user:password@host:port/name';

/** Where the database is. */
export class DatabaseConfig extends defineConfig({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, hostname: /./, error: EXPECTED })
    .refine((url) => URL.canParse(url) && new URL(url).pathname.length > 1, EXPECTED),
  /** Connections of this process at most. */
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  /** Whether statements are prepared; `auto` finds out whether a pooler can hold them. */
  DATABASE_PREPARED: z.enum(['auto', 'on', 'off']).default('auto'),
}) {}
