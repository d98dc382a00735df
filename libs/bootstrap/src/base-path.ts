import type { IncomingMessage } from 'node:http';

/**
 * Removes the path of `PUBLIC_URL` from the URL of a request. It runs before everything that reads the URL, so a
 * proxy may strip the path or pass it on.
 * @param basePath such as `/usher`; empty when there is none
 */
export function stripBasePath(basePath: string, request: Pick<IncomingMessage, 'url'>): void {
  const url = request.url!;
  const rest = url.slice(basePath.length);
  if (url.startsWith(basePath) && /^($|[/?])/.test(rest)) {
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
  }
}
