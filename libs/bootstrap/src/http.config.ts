import { defineConfig, port } from '#libs/service-defaults';
import { z } from 'zod';

/** Where the API listens. */
export class HttpConfig extends defineConfig({
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port().default(3000),
}) {}
