import { LoggerModule } from 'nestjs-pino';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceConfig } from './service.config.js';

/** What never appears in a log line, wherever a request or an error carries it. */
const SECRETS = ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]'];

/** Structured logs for a process: JSON lines for machines, or coloured text with `LOG_FORMAT=pretty`. */
export function loggerModule(service: string, config: ServiceConfig) {
  return LoggerModule.forRoot({
    pinoHttp: {
      level: config.LOG_LEVEL,
      base: { service, pid: process.pid },
      redact: SECRETS,
      formatters: { level: (label) => ({ level: label }) },
      ...(config.LOG_FORMAT === 'pretty' && {
        transport: {
          target: 'pino-pretty',
          options: { singleLine: true, ignore: 'pid,hostname,service,context,req,res' },
        },
      }),
      genReqId: requestId,
      customProps: (request) => ({ correlationId: request.id }),
      customSuccessMessage: ({ method, url }, { statusCode }) =>
        `${method} ${pathOf(url)} ${statusCode}`,
      customErrorMessage: ({ method, url }, { statusCode }) =>
        `${method} ${pathOf(url)} ${statusCode}`,
      customLogLevel: (_request, response, error) =>
        error || response.statusCode >= 500 ? 'error' : 'info',
      autoLogging: { ignore: (request) => /^\/(healthz|readyz)\b/.test(request.url ?? '') },
      serializers: {
        req: ({ method, url }: { method: string; url: string }) => ({
          method,
          url: pathOf(url),
        }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
    },
  });
}

/** Without the query: it may carry what is nobody else's business. */
const pathOf = (url = '') => url.split('?')[0];

/** The caller's request id when it is a plain short token, else a new one; echoed in the answer. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader('x-request-id', id);
  return id;
}
