import { Logger, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestMicroservice } from '@nestjs/common';
import { usherMessaging } from '#libs/contracts';
import {
  EventServer,
  type Hints,
  Messaging,
  MessagingConfig,
  planTopology,
  RethrowFilter,
  type RequestDefinition,
  type Subscription,
  type Topology,
} from '#libs/messaging';
import type { Database } from '#libs/database';
import { loadConfig } from '#libs/service-defaults';
import { given } from './environment.js';

@Module({})
class TestWorkerModule {}

/** What a worker under test is made of. */
export interface TestWorkerOptions {
  readonly subscriptions: readonly Subscription[];
  readonly handlers: readonly Type[];
  /** What it answers. */
  readonly requests?: readonly RequestDefinition[];
  /** What it says that it consumes; all subscriptions of its app unless given. */
  readonly consumes?: readonly Subscription[];
  readonly providers?: readonly Provider[];
  readonly database: Database;
  readonly env?: Record<string, string>;
  readonly hints?: Hints;
  readonly configure?: (app: INestMicroservice) => void;
}

/** A worker that runs inside the test, with short retry delays. */
export interface TestWorker {
  readonly server: EventServer;
  readonly topology: Topology;
  close(): Promise<void>;
}

/** Usher's messaging with other subscriptions. */
export const testMessaging = (
  subscriptions: readonly Subscription[],
  requests: readonly RequestDefinition[] = [],
) =>
  new Messaging({
    ...usherMessaging.definition,
    events: [...new Set(subscriptions.flatMap((each) => each.events))],
    subscriptions,
    requests,
  });

export function testMessagingConfig(env: Record<string, string> = {}): MessagingConfig {
  const defaults = { RABBITMQ_URL: given('RABBITMQ_URL'), CONSUMER_RETRY_DELAYS: '100ms,300ms' };
  return loadConfig([MessagingConfig], { ...defaults, ...env }).get(
    MessagingConfig,
  ) as MessagingConfig;
}

export async function startTestWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const { subscriptions, handlers, providers = [], database, configure } = options;
  const config = testMessagingConfig(options.env);
  const { requests = [] } = options;
  const messaging = testMessaging(subscriptions, requests);
  const { app: name } = subscriptions[0]!;
  const { consumes = subscriptions.filter(({ app }) => app === name) } = options;
  const server = new EventServer(
    messaging,
    { app: name, consumes, answers: requests },
    config,
    database,
    options.hints,
  );
  const module: DynamicModule = {
    module: TestWorkerModule,
    controllers: [...handlers],
    providers: [...providers],
  };
  Logger.overrideLogger(false);
  const app = await NestFactory.createMicroservice(module, {
    strategy: server,
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new RethrowFilter());
  configure?.(app);
  await app.listen();
  return {
    server,
    topology: planTopology(messaging, config.CONSUMER_RETRY_DELAYS, { subscriptions }),
    close: () => app.close(),
  };
}
