import type { NextFunction, Request, Response } from 'express';

/**
 * Express middleware, before all others: takes the path of `PUBLIC_URL` off a request, so that everything
 * behind it is the same whether a proxy strips the path or passes it on.
 * @param basePath such as `/usher`; empty when there is none
 */
export const withoutBasePath =
  (basePath: string) =>
  (request: Request, _response: Response, next: NextFunction): void => {
    const { url } = request;
    const rest = url.slice(basePath.length);
    if (url.startsWith(basePath) && /^($|[/?])/.test(rest)) {
      request.url = rest.startsWith('/') ? rest : `/${rest}`;
      request.originalUrl = request.url;
    }
    next();
  };
