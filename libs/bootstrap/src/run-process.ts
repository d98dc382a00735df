import {
  Logger,
  type DynamicModule,
  type INestApplicationContext,
  type LoggerService,
  type Type,
} from '@nestjs/common';
import { usherDefinition } from '#libs/contracts';
import { createDataSource, Database } from '#libs/database';
import { MessagingConfig } from '#libs/messaging';
import {
  captureOutput,
  ConfigError,
  createLog,
  earlyLogger,
  loadConfig,
  Readiness,
  ServiceConfig,
  startHealthServer,
  startTracing,
  type AnyConfigClass,
  type Log,
} from '#libs/service-defaults';
import { CoreModule } from './core.module.js';
import { DatabaseConfig } from './database.config.js';
import { UsherConfig } from './usher.config.js';
import { waitForDatabase } from './wait-for-database.js';

/** An app's root module; `config` is what it reads from the environment beyond what every app reads. */
export interface AppModule extends Type {
  readonly config?: AnyConfigClass;
}

/** What an app is started with once its configuration is sound and the database answers. */
export interface Platform {
  readonly service: string;
  readonly root: DynamicModule;
  readonly readiness: Readiness;
  readonly log: Log;
  /** How long a stop waits for a client that takes nothing of its answer. */
  readonly stallMs: number;
  /** For Nest's factory: its own account of its start is dropped, its errors are not. */
  readonly nestOptions: { readonly logger: LoggerService; readonly abortOnError: false };
  readonly configOf: <C extends AnyConfigClass>(config: C) => InstanceType<C>;
}

/** An app that serves; `close` finishes what it has begun and resolves when all is released. */
export type Running = Pick<INestApplicationContext, 'close'>;

/** What a process is. */
export interface Process {
  /** The app's name, which is its folder's in `apps/`. */
  readonly name: string;
  /** What is read from the environment beyond what every process and the app's module read. */
  readonly configs?: readonly AnyConfigClass[];
  /** Whether it publishes what is in the outbox, whatever `RELAY` says. */
  readonly relays: boolean;
}

/** Starts an app on the platform and resolves when it serves. */
export type Start = (platform: Platform) => Promise<Running>;

/** The part of `SHUTDOWN_TIMEOUT` after which a client that takes nothing of its answer is cut off. */
const STALL_SHARE = 0.25;

// sysexits.h
const EX_CONFIG = 78;

/**
 * The life of every process: configuration → health server → database → the app → until SIGTERM or
 * SIGINT, which stops it in order; a second signal, or `SHUTDOWN_TIMEOUT`, ends it at once.
 * Ends with exit code 78 when the configuration is bad and 1 when the app cannot start.
 */
export async function runProcess(
  module: AppModule,
  { name: service, configs: extraConfigs = [], relays }: Process,
  start: Start,
): Promise<void> {
  const configs = loadConfigOrExit(service, module, extraConfigs);
  const config = configs.get(ServiceConfig) as ServiceConfig;
  const database = configs.get(DatabaseConfig) as DatabaseConfig;
  const usher = configs.get(UsherConfig) as UsherConfig;
  const stopping = new AbortController();
  const readiness = new Readiness();
  let starting = true;
  readiness.add('start', () => (starting ? 'starting' : undefined));
  const log = createLog(service, config);
  captureOutput(log);
  Logger.overrideLogger(earlyLogger(log));
  const logger = new Logger(service);
  let app: Running | undefined;
  const stallMs = config.SHUTDOWN_TIMEOUT * STALL_SHARE;

  const stop = (signal: string) => {
    if (stopping.signal.aborted) process.exit(1);
    logger.log(`${signal}: stopping`);
    stopping.abort();
    readiness.add('stop', () => 'stopping');
    setTimeout(() => {
      logger.error(
        `not stopped within SHUTDOWN_TIMEOUT (${config.SHUTDOWN_TIMEOUT} ms): ending now`,
      );
      process.exit(1);
    }, config.SHUTDOWN_TIMEOUT).unref();
    // Until it has started nothing has begun, and the start may wait for a server that never comes.
    if (starting) process.exit();
    void shutDown();
  };
  const shutDown = async () => {
    await app?.close();
    await dataSource.destroy();
    await health.connections.drain(stallMs);
    await stopTracing();
    process.exit();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const stopTracing = await startTracing(service);
  const dataSource = createDataSource({
    url: database.DATABASE_URL,
    applicationName: `usher ${service}`,
    poolSize: database.DATABASE_POOL,
    prepared: database.DATABASE_PREPARED,
  });
  const health = await startHealthServer(config, readiness);
  logger.log(`health and metrics on http://${config.METRICS_HOST}:${health.port}`);
  try {
    const pool = new Database(dataSource);
    const { DATABASE_PREPARED } = database;
    await waitForDatabase(dataSource, DATABASE_PREPARED, readiness, stopping.signal);
    app = await start({
      service,
      root: {
        module: CoreModule,
        imports: [
          CoreModule.with({
            log,
            configs,
            readiness,
            database: pool,
            messaging: {
              ...usherDefinition(usher.FEATURES),
              database: pool,
              config: configs.get(MessagingConfig) as MessagingConfig,
              relays: relays || usher.RELAY === 'on',
              onTopologyMismatch: () => {
                process.exitCode = 1;
                process.kill(process.pid, 'SIGTERM');
              },
            },
          }),
          module,
        ],
      },
      readiness,
      log,
      stallMs,
      nestOptions: { logger: { ...earlyLogger(log), log: () => undefined }, abortOnError: false },
      configOf: (token) => configs.get(token) as never,
    });
    starting = false;
  } catch (error) {
    logger.fatal(`${service} cannot start: ${(error as Error).message}`);
    process.exit(1);
  }
}

function loadConfigOrExit(
  service: string,
  module: AppModule,
  extra: readonly AnyConfigClass[],
): Map<AnyConfigClass, object> {
  try {
    const own = module.config ? [module.config] : [];
    return loadConfig([
      ServiceConfig,
      DatabaseConfig,
      MessagingConfig,
      UsherConfig,
      ...extra,
      ...own,
    ]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${service}: ${error.message}\n`);
    return process.exit(EX_CONFIG);
  }
}
