import helmet from 'helmet';
import type { Request, RequestHandler, Response } from 'express';

/**
 * What a browser is told about every answer: nothing inline, nothing from elsewhere, in nobody's frame.
 * @param isHttps people come by HTTPS, and are to keep to it (RFC 6797 forbids the header without)
 */
export const securityHeaders = (isHttps: boolean): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps,
    xFrameOptions: { action: 'deny' },
  });

/** Lists the security headers as pairs, for answers that do not pass through Express. */
export function securityHeaderPairs(isHttps: boolean): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => void (pairs[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  securityHeaders(isHttps)({} as Request, response as unknown as Response, () => undefined);
  return pairs;
}
