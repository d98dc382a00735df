import { defineConfig, secret } from '#libs/service-defaults';
import { z } from 'zod';

const DEVELOPMENT_KEY = 'usher-development-link-signing-key';

/** Whatever else URLs may hold would have to be escaped in a cookie's name and in documents. */
const PATH = /^\/([\w.~-]+(\/[\w.~-]+)*)?$/;

/** Below one of these, what a proxy has stripped the path of looks like what it has not. */
const OWN_PATHS = new Set([
  'v1',
  'assets',
  'docs',
  'ops',
  'verify-email',
  'reset-password',
  'change-email',
  'keep-email',
  'unsubscribe',
  'openapi.json',
  'asyncapi.json',
  'healthz',
  'readyz',
]);

/** What links in mails are made of. The API and the e-mail worker must be given the same values. */
export class LinkConfig extends defineConfig({
  /** The address that people reach the API at; every link begins with it, whatever a request says. */
  PUBLIC_URL: z
    .url({
      protocol: /^https?$/,
      normalize: true,
      error: 'expected http:// or https:// and a host',
    })
    .refine((url) => !/[?#@]/.test(url), {
      error:
        'expected neither a query, a fragment nor a user name: links are made by appending to it',
      abort: true,
    })
    .transform((url) => url.replace(/\/+$/, ''))
    .refine((url) => PATH.test(new URL(url).pathname), {
      error: 'expected a path of letters, digits and . _ ~ - between single slashes',
      abort: true,
    })
    .refine((url) => !OWN_PATHS.has(new URL(url).pathname.split('/')[1]!), {
      error: `expected a path that does not begin with one of the API's own: ${[...OWN_PATHS].join(', ')}`,
    })
    .default('http://127.0.0.1:3000'),
  LINK_SIGNING_KEY: secret(DEVELOPMENT_KEY, 32),
}) {
  /** The path below which people reach the API, such as `/usher`; empty when there is none. */
  get basePath(): string {
    return new URL(this.PUBLIC_URL).pathname.replace(/^\/$/, '');
  }

  /** Whether people come by HTTPS: then cookies are `Secure`, and browsers are to keep to it. */
  get isHttps(): boolean {
    return this.PUBLIC_URL.startsWith('https:');
  }

  /** Whether links are signed with a key that anybody can read in the source. */
  get hasDevelopmentKey(): boolean {
    return this.LINK_SIGNING_KEY === DEVELOPMENT_KEY;
  }
}
