import { Injectable } from '@nestjs/common';
import { LinkConfig } from '#libs/link-tokens';
import type { CookieOptions, Request, Response } from 'express';
import type { NewSession } from './session-store.js';

/**
 * The session's cookie: out of scripts' reach, not sent along by other sites' posts, and bound to this
 * very host over HTTPS (`__Host-`, RFC 6265bis section 4.1.3).
 *
 * That prefix asks for `Path=/`, also where `PUBLIC_URL` has a path. A narrower path would not keep anybody out,
 * since pages of one host may read each other's (RFC 6265, section 8.5), but without the prefix a sibling
 * domain could plant a cookie. The name carries the path, so that two installations on one host do not
 * overwrite each other's sessions.
 */
@Injectable()
export class SessionCookie {
  readonly name: string;
  private readonly options: CookieOptions;

  constructor({ isHttps, basePath }: LinkConfig) {
    this.name = `${isHttps ? '__Host-' : ''}usher_session${basePath.replaceAll('/', '-')}`;
    this.options = { httpOnly: true, sameSite: 'lax', secure: isHttps, path: '/' };
  }

  read({ headers }: Request): string | undefined {
    const prefix = `${this.name}=`;
    return headers.cookie
      ?.split('; ')
      .find((pair) => pair.startsWith(prefix))
      ?.slice(prefix.length);
  }

  /** The browser counts from when it gets the cookie (Max-Age), so that a device's clock ends no session. */
  write(response: Response, { token, expiresAt }: NewSession): void {
    const maxAge = expiresAt.getTime() - Date.now();
    response.cookie(this.name, token, { ...this.options, maxAge });
  }

  clear(response: Response): void {
    response.clearCookie(this.name, this.options);
  }
}
