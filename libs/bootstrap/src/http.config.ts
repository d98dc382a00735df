import { defineConfig, duration, port } from '#libs/service-defaults';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Ranges that have a name: https://expressjs.com/en/guide/behind-proxies.html */
const NAMED_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

const isRange = (text: string) =>
  NAMED_RANGES.has(text) ||
  (text.includes('/') ? ipaddr.isValidCIDR(text) : /[.:]/.test(text) && ipaddr.isValid(text));

/** Where the API listens. */
export class HttpConfig extends defineConfig({
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port().default(3000),
  /** How long a connection may stay idle: longer than at the proxy, which would else send into a closed one. */
  HTTP_KEEP_ALIVE: duration().default(75_000),
  /** Proxies whose `X-Forwarded-For` is believed; anybody else's says nothing. */
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((range) => range.trim()))
    .refine((ranges) => ranges.every(isRange), 'expected addresses or CIDR ranges, by commas')
    .default([]),
}) {}
