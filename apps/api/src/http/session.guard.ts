import {
  createParamDecorator,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { Request } from 'express';
import { SessionStore, type CurrentSession } from '../sessions/session-store.js';
import { Problem } from './problem.js';
import { SessionCookie } from './session-cookie.js';

type AuthenticatedRequest = Request & { session?: CurrentSession };

/** Lets requests with a live session in; its token comes as a bearer token or in the cookie. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionStore,
    private readonly cookie: SessionCookie,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const token = bearerToken(request) ?? this.cookie.read(request);
    request.session = token ? await this.sessions.find(token) : undefined;
    if (!request.session) throw new Problem('unauthenticated');
    return true;
  }
}

/** Injects the session of a request behind {@link SessionGuard}. */
export const FromSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): CurrentSession => {
    const { session } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!session) throw new Error('FromSession needs SessionGuard on the route');
    return session;
  },
);

const bearerToken = ({ headers }: Request): string | undefined =>
  /^Bearer ([\w-]{43})$/i.exec(headers.authorization ?? '')?.[1];
