import { Injectable } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { ApiConfig } from '../api.config.js';
import type { NewSession } from '../sessions/session-store.js';

/**
 * The session's cookie: out of scripts' reach, not sent along by other sites' posts, and bound to this
 * very host over HTTPS (`__Host-`, RFC 6265bis section 4.1.3).
 */
@Injectable()
export class SessionCookie {
  readonly name: string;
  private readonly options: CookieOptions;

  constructor({ isHttps }: ApiConfig) {
    this.name = isHttps ? '__Host-usher_session' : 'usher_session';
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
