import {
  applyDecorators,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth, ApiResponse } from '@nestjs/swagger';
import type { Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiConfig } from '../api.config.js';
import { Problem } from '../http/problem.js';
import { PROBLEM_CONTENT } from '../http/problem.schema.js';

/** How the description of the API calls the operators' token. */
export const OPERATIONS_TOKEN = 'operations';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Lets in who holds `OPS_TOKEN`. The comparison takes the same time for every wrong token, and where none
 * is configured every token is wrong: from outside the two cannot be told apart.
 */
@Injectable()
class OpsTokenGuard implements CanActivate {
  private readonly expected: Buffer | undefined;

  constructor({ OPS_TOKEN }: ApiConfig) {
    this.expected = OPS_TOKEN === undefined ? undefined : digest(OPS_TOKEN);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<Request>();
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    if (this.expected && timingSafeEqual(digest(given), this.expected)) return true;
    throw new Problem('unauthenticated', 'The operations token is missing or wrong');
  }
}

/** Lets only operators in, and says so in the description of the API. */
export const RequiresOpsToken = () =>
  applyDecorators(
    UseGuards(OpsTokenGuard),
    ApiBearerAuth(OPERATIONS_TOKEN),
    ApiResponse({ status: 401, description: '`unauthenticated`', content: PROBLEM_CONTENT }),
  );
