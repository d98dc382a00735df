import { Injectable, Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { reportProblem } from '../../http/on-problem.js';
import { overloaded } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';

/** What is answered 503 anyway once no place in the hash queue is left. */
const HASHING: readonly string[] = ['/v1/signups', '/v1/sessions', '/v1/password-resets/confirm'];
const REPORT_MS = 1_000;

/**
 * Refuses what needs a hash while the hash queue is full, before anything is spent on it: a burst that costs
 * as much to refuse as to serve would leave no time for those who are served. Refusals are told in one line
 * of the log a second.
 */
@Injectable()
export class LoadShedding {
  private readonly logger = new Logger(LoadShedding.name);
  private readonly problem = overloaded();
  private readonly body = JSON.stringify(this.problem.toBody());
  private refused = 0;

  constructor(private readonly hasher: PasswordHasher) {}

  /** Middleware, before all that costs. */
  readonly handle = (request: Request, response: Response, next: NextFunction): void => {
    const { method, path } = request;
    if (method !== 'POST' || !HASHING.includes(path) || this.hasher.admits()) return next();
    // There is no router yet; the metrics of requests read it.
    request.route = { path };
    response
      .writeHead(this.problem.status, {
        'content-type': 'application/problem+json; charset=utf-8',
        'content-length': Buffer.byteLength(this.body),
        'retry-after': String(this.problem.retryAfterSeconds),
      })
      .end(this.body);
    reportProblem(response, this.problem.code);
    if (this.refused++ === 0) setTimeout(() => this.report(), REPORT_MS).unref();
  };

  private report(): void {
    this.logger.warn(
      `${this.refused} requests were refused: all places in the hash queue are taken`,
    );
    this.refused = 0;
  }
}
