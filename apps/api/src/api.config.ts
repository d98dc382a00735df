import { LinkConfig } from '#libs/link-tokens';
import { defineConfig } from '#libs/service-defaults';
import { availableParallelism } from 'node:os';
import { z } from 'zod';

/** What the API reads beyond what every app reads. */
export class ApiConfig extends defineConfig({
  ...LinkConfig.shape,
  /** The shortest password; NIST SP 800-63B-4, section 3.1.1.2, asks for 15 where there is no second factor. */
  PASSWORD_MIN: z.coerce.number().int().min(8).max(128).default(15),
  /** Lets operators in to `/v1/ops`; without it nobody is let in. */
  OPS_TOKEN: z.string().min(16).optional(),
  /** Passwords hashed at the same time. */
  HASH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  /** Addresses that may wait for a hash before the answer is 503. */
  HASH_QUEUE_LIMIT: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(32 * availableParallelism()),
}) {
  /** Cookies are `Secure` and carry the `__Host-` prefix where people come by HTTPS. */
  get isHttps(): boolean {
    return this.PUBLIC_URL.startsWith('https:');
  }
}
