import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseConfig, HttpConfig, UsherConfig } from '#libs/bootstrap';
import { FEATURES } from '#libs/contracts';
import { MessagingConfig } from '#libs/messaging';
import { ConfigError, loadConfig, ServiceConfig } from '#libs/service-defaults';
import { ApiConfig } from '../../../apps/api/src/api.config.js';
import { EmailWorkerConfig } from '../../../apps/email-worker/src/email-worker.config.js';
import { migrateDatabase } from '../../usher-cli/src/migrate-database.js';
import { table } from '../../usher-cli/src/table.js';
import { isFree, portFor } from './free-port.js';
import { keptPassword } from './kept-password.js';
import { OnlyOne } from './only-one.js';
import { provide, type Part } from './part.js';
import { dataDirectory } from './paths.js';
import { embeddedBroker } from './parts/embedded-broker.js';
import { maildev } from './parts/maildev.js';
import { postgres } from './parts/postgres.js';
import { sendLostMessages } from './send-lost-messages.js';
import { StackApps } from './stack-apps.js';
import { removeStack, writeStack } from './stack-file.js';
import { progress, tell } from './terminal.js';
import { WatchedBuild } from './watched-build.js';

/** `npm run up`, and with `--watch` `npm run dev`: every build of changed sources starts the apps once more. */
const isWatching = process.argv.includes('--watch');
const OPS_TOKEN_BYTES = 15;

/** Of every process of the stack: here every feature is on, unless `FEATURES` says otherwise, be it that there is none. */
const environment = {
  ...setOnly(process.env),
  FEATURES: process.env['FEATURES'] ?? FEATURES.join(','),
};

// sysexits.h
const EX_CONFIG = 78;
const PREFERRED_HTTP_PORT = 3000;
/** A broker in memory loses its messages with every crash: what was in a worker's hands is looked for soon. */
const SOON_RECONCILED = { RECONCILE_INTERVAL: '5s', RECONCILE_AFTER: '15s' };

const stack: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
const data = dataDirectory();
/** Whether no other launcher uses the data folder. */
let isOurs = false;
let stopping: Promise<void> | undefined;
let address = 'it is still starting';

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

try {
  await up();
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  await stop(error instanceof ConfigError ? EX_CONFIG : 1);
}

async function up(): Promise<void> {
  const startedAt = Date.now();
  const { HTTP_HOST, HTTP_PORT } = readConfiguration();
  await OnlyOne.in(
    data,
    () => `npm run up runs here already, as process ${process.pid}: ${address}.
Stop it with Ctrl-C, or give this one a folder of its own: DATA_DIR=.data-2 npm run up`,
  );
  isOurs = true;
  removeStack(data);
  const httpPort = await chooseHttpPort(HTTP_HOST, HTTP_PORT);
  const build = isWatching ? await watchSources() : undefined;

  const broker = embeddedBroker({
    password: keptPassword(`${data}/broker.password`, existsSync(`${data}/postgres`)),
  });
  const [database, queues, mail] = await progress(
    'Starting PostgreSQL, the broker and maildev',
    () => Promise.all([begin(postgres(`${data}/postgres`)), begin(broker), begin(maildev())]),
  );
  await progress('Preparing the database', () =>
    migrateDatabase(database.url, { onProgress: (line) => tell(`  ${line}\n`) }),
  );
  if (!queues.given) {
    const resent = await progress('Looking for what the last broker lost', () =>
      sendLostMessages(database.url, queues.url, environment),
    );
    if (resent > 0) tell(`  sent ${resent} events again\n`);
  }

  const api = `http://127.0.0.1:${httpPort}`;
  const publicUrl = process.env['PUBLIC_URL'] ?? api;
  // Another one each time, known to whoever reads the table below.
  const opsToken = process.env['OPS_TOKEN'] || randomBytes(OPS_TOKEN_BYTES).toString('base64url');
  const apps = new StackApps({
    LOG_FORMAT: 'pretty',
    ...(!queues.given && SOON_RECONCILED),
    ...environment,
    DATABASE_URL: database.url,
    RABBITMQ_URL: queues.url,
    SMTP_URL: mail.url,
    HTTP_PORT: String(httpPort),
    PUBLIC_URL: publicUrl,
    OPS_TOKEN: opsToken,
  });
  for (const name of apps.names.toReversed()) stack.push({ name, stop: () => apps.stop(name) });
  tell('Starting the apps …\n');
  await apps.start();
  address = `its page is at ${publicUrl}`;

  const urls = {
    api,
    page: `${publicUrl}/`,
    operations: `${publicUrl}/ops`,
    database: database.url,
    rabbitmq: queues.url,
    smtp: mail.url,
    ...(mail.notes !== undefined && { mail: mail.notes }),
  };
  const publish = () => writeStack(data, { urls, metrics: apps.metricsUrls, opsToken });
  publish();
  const { api: apiMetrics, ...workerMetrics } = apps.metricsUrls;
  const rows = [
    ['page', urls.page, 'sign up, and watch what follows'],
    ['operations', urls.operations, `token ${opsToken}`],
    ['api', api, `health and metrics on ${apiMetrics}`],
    ...Object.entries(workerMetrics).map((row) => [...row, 'health and metrics']),
    ['PostgreSQL', urls.database, database.notes ?? 'given by DATABASE_URL'],
    ['broker', urls.rabbitmq, queues.notes ?? 'given by RABBITMQ_URL'],
    [
      'maildev',
      urls.mail ?? urls.smtp,
      urls.mail ? `every mail is shown here; SMTP on ${urls.smtp}` : 'given by SMTP_URL',
    ],
  ];
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  tell(`\n${table(rows)}\n\nReady after ${seconds} s. Ctrl-C stops everything in order.\n\n`);
  if (build) void restartAfterBuilds(build, apps, publish);
}

/** Builds what has changed since the launcher itself was built, and goes on to. */
async function watchSources(): Promise<WatchedBuild> {
  const build = new WatchedBuild();
  stack.push({ name: 'the build', stop: () => build.stop() });
  await progress('Building, and watching the sources', () => build.start());
  return build;
}

/** What does not start is shown, and the next build tries once more. */
async function restartAfterBuilds(
  build: WatchedBuild,
  apps: StackApps,
  publish: () => void,
): Promise<void> {
  for (;;) {
    await build.next();
    if (stopping) return;
    try {
      await progress('Starting the apps with the new build', () => apps.restart());
      publish();
    } catch (error) {
      if (!stopping) tell(`${(error as Error).message}\n`);
    }
  }
}

/** Before anything is started: all that the apps would refuse. @throws ConfigError */
function readConfiguration(): HttpConfig {
  const started = {
    DATABASE_URL: 'postgres://localhost/usher',
    RABBITMQ_URL: 'amqp://localhost',
    SMTP_URL: 'smtp://localhost',
  };
  const configs = [
    ServiceConfig,
    DatabaseConfig,
    MessagingConfig,
    UsherConfig,
    HttpConfig,
    ApiConfig,
    EmailWorkerConfig,
  ];
  const parsed = loadConfig(configs, { ...started, ...environment });
  return parsed.get(HttpConfig) as HttpConfig;
}

/** The port that was asked for, and no other; else the usual one or any. @throws Error when it is taken */
async function chooseHttpPort(host: string, configured: number): Promise<number> {
  const isGiven = process.env['HTTP_PORT'] || configured !== PREFERRED_HTTP_PORT;
  if (!isGiven) return portFor('the API', PREFERRED_HTTP_PORT);
  if (await isFree(configured, host)) return configured;
  throw new Error(
    `HTTP_PORT=${configured}: another program listens there.\n` +
      'Choose another port, or leave HTTP_PORT out to get any that is free.',
  );
}

async function begin(part: Part): ReturnType<typeof provide> {
  const running = await provide(part);
  if (!running.given) stack.push({ name: part.name, stop: running.stop });
  return running;
}

/** Stops in the opposite order of the start: the API, the workers with the message in hand, then their servers. */
function stop(exitCode: number): Promise<void> {
  stopping ??= (async () => {
    if (isOurs) removeStack(data);
    for (const part of stack.toReversed()) await progress(`Stopping ${part.name}`, part.stop);
    process.exit(exitCode);
  })();
  return stopping;
}

function setOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    // An empty variable is an unset one.
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
