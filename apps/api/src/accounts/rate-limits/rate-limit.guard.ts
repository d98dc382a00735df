import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { IncomingMessage } from 'node:http';
import { clientNetwork } from '../../http/client-network.js';
import { RateLimits, type ClientLimit } from './rate-limits.js';

const LIMIT = 'usher:rate-limit';

const counted = new WeakSet<IncomingMessage>();

/** This request has been counted in another way already. */
export const markCounted = (request: IncomingMessage): void => void counted.add(request);

/** Counts a request before anything is done for it, whatever becomes of it. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const limit = this.reflector.get<ClientLimit>(LIMIT, context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    if (counted.has(request)) return true;
    await this.limits.ofClients[limit].consume(clientNetwork(request.ip));
    return true;
  }
}

/** Limits how often a client network may call the route. */
export const RateLimited = (limit: ClientLimit) =>
  applyDecorators(SetMetadata(LIMIT, limit), UseGuards(RateLimitGuard));
