import type { RequestHandler } from 'express';

/** The same middleware, but not for what lies below this path. */
export const exceptBelow =
  (path: string, handler: RequestHandler): RequestHandler =>
  (request, response, next) =>
    request.path.startsWith(`${path}/`) ? next() : void handler(request, response, next);
