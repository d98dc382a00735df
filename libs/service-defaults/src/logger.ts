import type { LoggerService } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino, stdSerializers, type Logger as Log } from 'pino';
import { pinoHttp } from 'pino-http';
import { withoutAddresses } from './redaction.js';
import type { ServiceConfig } from './service.config.js';
import { traceFields } from './tracing.js';

export type { Log };

/** What never appears in a log line, wherever a request or an error carries it. */
const SECRETS = ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]'];

/** The one log of a process: JSON lines for machines, or coloured text with `LOG_FORMAT=pretty`. */
export function createLog(service: string, config: ServiceConfig): Log {
  return pino({
    level: config.LOG_LEVEL,
    base: { service, pid: process.pid },
    mixin: traceFields,
    redact: SECRETS,
    serializers: { err: describeError },
    // Whatever carries an address: a server's words, a statement's values, a URL with its password.
    hooks: { streamWrite: withoutAddresses },
    formatters: config.LOG_FORMAT === 'pretty' ? {} : { level: (label) => ({ level: label }) },
    ...(config.LOG_FORMAT === 'pretty' && {
      transport: {
        target: 'pino-pretty',
        options: { singleLine: true, ignore: 'pid,hostname,service,context,req,res' },
      },
    }),
  });
}

/** Nest's logger where there is no app yet: the same log, the same form. */
export function earlyLogger(log: Log): LoggerService {
  const write = (level: 'info' | 'warn' | 'error' | 'fatal') => (message: unknown) => {
    if (message instanceof Error) log[level]({ err: message });
    else if (typeof message === 'object') log[level](message);
    else log[level](message as string);
  };
  return { log: write('info'), warn: write('warn'), error: write('error'), fatal: write('fatal') };
}

/** Nest's logger of an app; what it says while a request is handled carries the request's id. */
export function loggerModule(log: Log) {
  return LoggerModule.forRoot({ pinoHttp: { logger: log }, useExisting: true });
}

/** Middleware, before all others: gives each request its id, and writes one line when it is answered. */
export function requestLog(log: Log) {
  return pinoHttp({
    logger: log,
    genReqId: requestId,
    customProps: (request) => ({ correlationId: request.id }),
    customSuccessMessage: requestLine,
    customErrorMessage: requestLine,
    // Whoever made the answer has logged the reason; pino-http would invent an error with a stack.
    customErrorObject: (request, _response, _error, { durationMs }) => ({
      durationMs,
      ...userOf(request),
    }),
    customSuccessObject: (request, _response, line: object) => ({ ...line, ...userOf(request) }),
    customAttributeKeys: { responseTime: 'durationMs' },
    customLogLevel: (_request, { statusCode }, error) => {
      if (statusCode === 503) return 'warn';
      return error || statusCode >= 500 ? 'error' : 'info';
    },
    autoLogging: { ignore: (request) => /^\/(healthz|readyz)\b/.test(request.url ?? '') },
    serializers: {
      err: describeError,
      req: ({ method, url }: { method: string; url: string }) => ({ method, url: pathOf(url) }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });
}

const requestLine = ({ method, url }: IncomingMessage, { statusCode }: ServerResponse) =>
  `${method} ${pathOf(url)} ${statusCode}`;

/** Whose session the request came with, once a guard has found out. */
const userOf = (request: IncomingMessage) => {
  const { session } = request as IncomingMessage & { session?: { userId: string } };
  return session && { userId: session.userId };
};

/** What an error says of itself, and not what others hang on it: a database driver adds the statement's values. */
function describeError(error: Error) {
  const { type, message, stack, code } = stdSerializers.err(error);
  return { type, message, stack, ...(code !== undefined && { code: code as unknown }) };
}

/** A signed token (JWT), or as much of one as an address has. */
const TOKEN = /\beyJ[\w-]{10,}(?:\.[\w-]*)*/g;

/** Without the query and without tokens: they are nobody else's business. */
const pathOf = (url = '') => url.split('?')[0]!.replace(TOKEN, '[token]');

/** The caller's request id when it is a plain short token, else a new one; echoed in the answer. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader('x-request-id', id);
  return id;
}
