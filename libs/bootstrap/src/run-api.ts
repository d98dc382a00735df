import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { json } from 'express';
import { isUtf8 } from 'node:buffer';
import { Logger as PinoLogger } from 'nestjs-pino';
import { LinkConfig } from '#libs/link-tokens';
import { HttpConnections, requestLog } from '#libs/service-defaults';
import { stripBasePath } from './base-path.js';
import { ClientAddresses } from './client-address.js';
import { putInFront, type Front } from './front.js';
import { HttpConfig } from './http.config.js';
import { measureRequests } from './http.metrics.js';
import { runProcess, type AppModule } from './run-process.js';
import { securityHeaderPairs, securityHeaders } from './security-headers.js';
import { traceRequests } from './trace-requests.js';

/** A request body is at most this long; a longer one is answered 413. */
const BODY_LIMIT = '64kb';

/**
 * Connections that wait to be accepted. The system drops what comes above it, and whoever was dropped tries
 * again after one, three and seven seconds; `net.core.somaxconn` is a bound, too.
 */
const BACKLOG = 4_096;

/** Connections of one process at the same time; each takes a file descriptor. */
const MAX_CONNECTIONS = 10_000;

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/**
 * What an app mounts beside log, trace and body, when all modules are made and nothing is served yet. It is
 * Express middleware, since Nest's own comes after the body has been read.
 */
export interface ApiMiddleware {
  /** Answers requests before Express does. Such answers are in no log line and no trace. */
  readonly front?: (app: NestExpressApplication) => Front;
  /** Before all that costs: what is refused here is in no log line. */
  readonly beforeLog?: (app: NestExpressApplication) => void;
  /** Before the body is read. An error passed on is answered by the app's filters. */
  readonly beforeBody?: (app: NestExpressApplication) => void;
  /** When listening has ended: ends the answers that would never end by themselves. */
  readonly onStop?: (app: NestExpressApplication) => void;
}

/** Runs the API: HTTP on `HTTP_HOST:HTTP_PORT`. See {@link runProcess} for start and stop. */
export async function runApi(module: AppModule, middleware: ApiMiddleware = {}): Promise<void> {
  await runProcess(
    module,
    { name: 'api', configs: [HttpConfig, LinkConfig], relays: true },
    async ({ root, log, nestOptions, configOf, stallMs }) => {
      const http = configOf(HttpConfig);
      const { HTTP_HOST, HTTP_PORT, HTTP_KEEP_ALIVE } = http;
      const links = configOf(LinkConfig);
      const app = await NestFactory.create<NestExpressApplication>(root, {
        ...nestOptions,
        bodyParser: false,
      });
      const addresses = new ClientAddresses(http);
      const { basePath } = links;
      putInFront(
        app.getHttpServer(),
        (request) => {
          stripBasePath(basePath, request);
          addresses.mark(request);
        },
        middleware.front?.(app) ?? (() => undefined),
        securityHeaderPairs(links.isHttps),
      );
      const connections = new HttpConnections(app.getHttpServer(), {
        keepAliveMs: HTTP_KEEP_ALIVE,
        maxConnections: MAX_CONNECTIONS,
      });
      app.disable('x-powered-by');
      app.use(measureRequests, securityHeaders(links.isHttps));
      middleware.beforeLog?.(app);
      app.use(requestLog(log), traceRequests(links.isHttps ? 'https' : 'http'));
      middleware.beforeBody?.(app);
      app.use(json({ limit: BODY_LIMIT, verify: refuseInvalidUtf8 }));
      await app.init();
      app.useLogger(app.get(PinoLogger));
      // Nest passes all of it on to node:http, and declares two of it.
      await app.listen(...([HTTP_PORT, HTTP_HOST, BACKLOG] as unknown as [number, string]));
      const logger = new Logger('api');
      logger.log(`listening on http://${HTTP_HOST}:${HTTP_PORT}`);
      if (links.hasDevelopmentKey && !LOOPBACK.test(HTTP_HOST)) {
        logger.warn(
          `LINK_SIGNING_KEY is the development key, with which anybody can make links, and others reach ${HTTP_HOST}: set a key of your own`,
        );
      }
      return {
        close: async () => {
          const drained = connections.drain(stallMs);
          middleware.onStop?.(app);
          await drained;
          await app.close();
        },
      };
    },
  );
}

/** Decoding would replace what is no UTF-8, and so change a name, or make two passwords one. RFC 8259, section 8.1. */
function refuseInvalidUtf8(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body))
    throw Object.assign(new SyntaxError('the body is not JSON in UTF-8'), { status: 400 });
}
