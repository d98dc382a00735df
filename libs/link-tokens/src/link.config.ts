import { defineConfig, secret } from '#libs/service-defaults';
import { z } from 'zod';

/** What links in mails are made of. The API and the e-mail worker must be given the same values. */
export class LinkConfig extends defineConfig({
  /** The address that people reach the API at; every link begins with it, whatever a request says. */
  PUBLIC_URL: z
    .url({
      protocol: /^https?$/,
      normalize: true,
      error: 'expected http:// or https:// and a host',
    })
    .default('http://127.0.0.1:3000')
    .transform((url) => url.replace(/\/+$/, '')),
  LINK_SIGNING_KEY: secret('usher-development-link-signing-key', 32),
}) {}
