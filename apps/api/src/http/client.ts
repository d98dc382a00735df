import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { clientNetwork } from './client-network.js';

/** What a request tells of the program that sent it. */
export interface Client {
  /** Whose requests are counted together. */
  readonly network: string;
  readonly userAgent: string | undefined;
  /** The request's id, which becomes the correlation id of every event that it causes. */
  readonly requestId: string;
}

const USER_AGENT_MAX_CHARACTERS = 256;

/** Injects the {@link Client} of the request. */
export const FromClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = context.switchToHttp().getRequest<Request & { id: string }>();
  return {
    userAgent: request.headers['user-agent']?.slice(0, USER_AGENT_MAX_CHARACTERS),
    network: clientNetwork(request.ip),
    requestId: request.id,
  };
});
