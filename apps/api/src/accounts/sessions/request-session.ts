import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { SessionStore, type CurrentSession } from './session-store.js';
import { SessionCookie } from './session-cookie.js';

/** Finds the live session of a request; its token comes as a bearer token or in the cookie. */
@Injectable()
export class RequestSession {
  constructor(
    private readonly sessions: SessionStore,
    private readonly cookie: SessionCookie,
  ) {}

  async of(request: Request): Promise<CurrentSession | undefined> {
    const token = bearerToken(request) ?? this.cookie.read(request);
    return token ? this.sessions.find(token, request.id as string) : undefined;
  }
}

const bearerToken = ({ headers }: Request): string | undefined =>
  /^Bearer ([\w-]{43})$/i.exec(headers.authorization ?? '')?.[1];
