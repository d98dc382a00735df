import type { NextFunction, Request, Response } from 'express';

/** Answers are for one person: no cache keeps them. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('cache-control', 'no-store');
  next();
}
