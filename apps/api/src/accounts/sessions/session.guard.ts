import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiResponse } from '@nestjs/swagger';
import type { Request } from 'express';
import { PROBLEM_CONTENT } from '../../http/problem.schema.js';
import type { CurrentSession } from './session-store.js';
import { Problem } from '../../http/problem.js';
import { RequestSession } from './request-session.js';

type AuthenticatedRequest = Request & { session?: CurrentSession };

/** Lets requests with a live session in. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly session: RequestSession) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.session = await this.session.of(request);
    if (!request.session) throw new Problem('unauthenticated');
    return true;
  }
}

/** Lets only requests with a live session in, and says so in the description of the API. */
export const RequiresSession = () =>
  applyDecorators(
    UseGuards(SessionGuard),
    ApiBearerAuth('token'),
    ApiCookieAuth('cookie'),
    ApiResponse({ status: 401, description: '`unauthenticated`', content: PROBLEM_CONTENT }),
  );

/** Injects the session of a request behind {@link SessionGuard}. */
export const FromSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): CurrentSession => {
    const { session } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!session) throw new Error('FromSession needs SessionGuard on the route');
    return session;
  },
);
