import type { RequestHandler } from 'express';
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_SITE = new Set(['same-origin', 'none']);

/**
 * Refuses what a page of another site makes a browser send, cookie included, be it a sibling domain that
 * SameSite lets pass. A browser tells by Sec-Fetch-Site, or over plain HTTP by Origin; a program that is no
 * browser sends neither, and has no cookie that it did not mean to send. `Host` alone would not do: behind a
 * proxy it may be the proxy's own name for the API.
 * https://www.w3.org/TR/fetch-metadata/, https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function sameOrigin(publicUrl: string): RequestHandler {
  const publicOrigin = new URL(publicUrl).origin;
  return (request, _response, next) => {
    const allowed = SAFE_METHODS.has(request.method) || comesFrom(request, publicOrigin);
    next(allowed ? undefined : new Problem('cross_origin'));
  };
}

/** Whether a page of that origin sent it, or a program that is no browser. */
export function comesFrom(
  { headers }: Pick<IncomingMessage, 'headers'>,
  publicOrigin: string,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return OWN_SITE.has(site);
  const { origin, host } = headers;
  if (origin === undefined || origin === publicOrigin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
