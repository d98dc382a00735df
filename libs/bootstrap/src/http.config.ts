import { defineConfig, duration, port } from '#libs/service-defaults';
import { z } from 'zod';
import { parseRanges } from './proxy-ranges.js';

/** Where the API listens, and what it believes of those who come through a proxy. */
export class HttpConfig extends defineConfig({
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port().default(3000),
  /** How long a connection may stay idle: longer than at the proxy, which would else send into a closed one. */
  HTTP_KEEP_ALIVE: duration().default(75_000),
  /** Proxies whose {@link FORWARDED_HEADER} is believed; anybody else's says nothing. */
  TRUSTED_PROXIES: z
    .string()
    .transform((text, context) => {
      const ranges = parseRanges(text);
      if (ranges) return ranges;
      context.addIssue({ code: 'custom', message: 'expected addresses or CIDR ranges, by commas' });
      return z.NEVER;
    })
    .default([]),
  /**
   * The header that the proxies write the client's address into. Only this one is read: a proxy passes on
   * what it does not write, so the other one is the client's own words.
   */
  FORWARDED_HEADER: z.enum(['x-forwarded-for', 'forwarded']).default('x-forwarded-for'),
}) {}
