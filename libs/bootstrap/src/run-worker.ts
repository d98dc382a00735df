import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { subscriptions } from '#libs/contracts';
import { Database } from '#libs/database';
import {
  EventServer,
  Hints,
  Messaging,
  MessagingConfig,
  RethrowFilter,
  type RequestDefinition,
  type Subscription,
} from '#libs/messaging';
import { ServiceConfig } from '#libs/service-defaults';
import { Logger as PinoLogger } from 'nestjs-pino';
import { runProcess, type AppModule } from './run-process.js';

/** Of `SHUTDOWN_TIMEOUT`: handlers that still run then are aborted; the rest is for settling their events. */
const STOP_GRACE_SHARE = 0.7;

/** What a worker is. */
export interface Worker {
  /** The app's name: the part before the dot in its consumers' names. */
  readonly name: string;
  /** Each of them has a handler in the worker's module, and no other has. */
  readonly consumes: readonly Subscription[];
  readonly answers?: readonly RequestDefinition[];
}

/**
 * Runs a worker: every `@Subscribe` handler of the module reads its own queue. See {@link runProcess} for
 * start and stop.
 */
export async function runWorker(
  module: AppModule,
  { name, consumes, answers = [] }: Worker,
): Promise<void> {
  await runProcess(module, { name, relays: false }, async ({ root, nestOptions, readiness }) => {
    let server: EventServer | undefined;
    const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, {
      ...nestOptions,
      useFactory: (
        messaging: Messaging,
        config: MessagingConfig,
        { SHUTDOWN_TIMEOUT }: ServiceConfig,
        database: Database,
        hints: Hints,
      ) => {
        const stopGraceMs = SHUTDOWN_TIMEOUT * STOP_GRACE_SHARE;
        const off = subscriptions.filter((each) => !messaging.find(each));
        const options = {
          app: name,
          consumes: consumes.filter((each) => !off.includes(each)),
          leaves: off,
          answers,
          stopGraceMs,
        };
        server = new EventServer(messaging, options, config, database, hints);
        return { strategy: server };
      },
      inject: [Messaging, MessagingConfig, ServiceConfig, Database, Hints],
    });
    app.useGlobalFilters(new RethrowFilter());
    readiness.add('consumers', () => server?.problem);
    app.useLogger(app.get(PinoLogger));
    // No `init()` before it: Nest would then run every lifecycle hook twice.
    await app.listen();
    return app;
  });
}
