import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { isDatabaseUnavailable } from '#libs/database';
import type { Response } from 'express';
import type { ErrorCode } from './error-codes.js';
import { reportProblem } from './on-problem.js';
import { Problem } from './problem.js';

const CODE_OF_STATUS: Record<number, ErrorCode> = {
  400: 'bad_request',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

const RETRY_AFTER_SECONDS = 2;

/** Turns every error into `application/problem+json`; what nobody foresaw is logged and told as 500 without details. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemDetailsFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = this.toProblem(error);
    if (response.headersSent) {
      reportProblem(response, problem.code);
      response.end();
      return;
    }
    if (problem.retryAfterSeconds) response.setHeader('retry-after', problem.retryAfterSeconds);
    if (problem.ticket) response.setHeader('usher-ticket', problem.ticket);
    if (problem.status === 401) response.setHeader('www-authenticate', schemeFor(problem.code));
    reportProblem(response, problem.code);
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problem.toBody()));
  }

  private toProblem(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (isDatabaseUnavailable(error)) {
      this.logger.warn(`answered 503: ${(error as Error).message}`);
      return new Problem('unavailable', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    // Nest makes a plain BadRequestException of the body parser's SyntaxError; only its words tell.
    if (statusOf(error) === 400 && /\bJSON\b/.test((error as Error).message)) {
      return new Problem('malformed_json');
    }
    const code = CODE_OF_STATUS[statusOf(error)];
    if (code) return new Problem(code);
    this.logger.error(error);
    return new Problem('internal_error');
  }
}

/** By which a caller can show who they are (RFC 9110, section 11.6.1). */
const schemeFor = (code: ErrorCode) => (code === 'invalid_signature' ? 'Basic' : 'Bearer');

/** Nest's exceptions and those of the body parser carry a status each in their own way. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : 500;
}
