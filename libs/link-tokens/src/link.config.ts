import { defineConfig, secret } from '#libs/service-defaults';
import { z } from 'zod';

const DEVELOPMENT_KEY = 'usher-development-link-signing-key';

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
  LINK_SIGNING_KEY: secret(DEVELOPMENT_KEY, 32),
}) {
  /** Whether links are signed with a key that anybody can read in the source. */
  get hasDevelopmentKey(): boolean {
    return this.LINK_SIGNING_KEY === DEVELOPMENT_KEY;
  }
}
