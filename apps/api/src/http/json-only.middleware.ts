import type { NextFunction, Request, Response } from 'express';
import { Problem } from './problem.js';

/** Refuses bodies that are not JSON. It is also what keeps other sites' forms out: they cannot send JSON unasked. */
export function jsonOnly(request: Request, _response: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0;
  next(
    hasBody && !request.is('application/json') ? new Problem('unsupported_media_type') : undefined,
  );
}
