import { randomBytes } from 'node:crypto';
import { DatabaseConfig, HttpConfig } from '#libs/bootstrap';
import { MessagingConfig } from '#libs/messaging';
import { ConfigError, loadConfig, ServiceConfig } from '#libs/service-defaults';
import { ApiConfig } from '../../../apps/api/src/api.config.js';
import { EmailWorkerConfig } from '../../../apps/email-worker/src/email-worker.config.js';
import { appNames } from '../../start/src/app-command.js';
import { migrateDatabase } from '../../usher-cli/src/migrate-database.js';
import { table } from '../../usher-cli/src/table.js';
import { startApp, type RunningApp } from './apps.js';
import { isFree, portFor } from './free-port.js';
import { OnlyOne } from './only-one.js';
import { provide, type Part } from './part.js';
import { root } from './paths.js';
import { embeddedBroker } from './parts/embedded-broker.js';
import { maildev } from './parts/maildev.js';
import { postgres } from './parts/postgres.js';
import { sendLostMessages } from './send-lost-messages.js';

const OPS_TOKEN_BYTES = 15;

// sysexits.h
const EX_CONFIG = 78;
const COLOURS = [36, 35, 33, 32];
const PREFERRED_HTTP_PORT = 3000;
/** A broker in memory loses its messages with every crash: what was in a worker's hands is looked for soon. */
const SOON_RECONCILED = { RECONCILE_INTERVAL: '5s', RECONCILE_AFTER: '15s' };
/** For machines: the apps' lines alone, as they are, on the standard output. */
const isForMachines = process.env['LOG_FORMAT'] === 'json';
const tell = (text: string) => (isForMachines ? process.stderr : process.stdout).write(text);
const colour = (code: number, text: string) =>
  process.stdout.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text;

const stack: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
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
  const data = process.env['DATA_DIR'] ?? `${root}.data`;
  await OnlyOne.in(
    data,
    () => `npm run up runs here already, as process ${process.pid}: ${address}.
Stop it with Ctrl-C, or give this one a folder of its own: DATA_DIR=.data-2 npm run up`,
  );
  const httpPort = await chooseHttpPort(HTTP_HOST, HTTP_PORT);

  const [database, broker, mail] = await progress(
    'Starting PostgreSQL, the broker and maildev',
    () =>
      Promise.all([begin(postgres(`${data}/postgres`)), begin(embeddedBroker()), begin(maildev())]),
  );
  await progress('Preparing the database', () =>
    migrateDatabase(database.url, { onProgress: (line) => tell(`  ${line}\n`) }),
  );
  if (!broker.given) {
    const resent = await progress('Looking for what the last broker lost', () =>
      sendLostMessages(database.url, broker.url),
    );
    if (resent > 0) tell(`  sent ${resent} events again\n`);
  }

  const api = `http://127.0.0.1:${httpPort}`;
  const publicUrl = process.env['PUBLIC_URL'] ?? api;
  // Another one each time, known to whoever reads the table below.
  const opsToken = process.env['OPS_TOKEN'] || randomBytes(OPS_TOKEN_BYTES).toString('base64url');
  const env = {
    LOG_FORMAT: 'pretty',
    ...(!broker.given && SOON_RECONCILED),
    ...setOnly(process.env),
    DATABASE_URL: database.url,
    RABBITMQ_URL: broker.url,
    SMTP_URL: mail.url,
    HTTP_PORT: String(httpPort),
    PUBLIC_URL: publicUrl,
    OPS_TOKEN: opsToken,
  };
  tell('Starting the apps …\n');
  const apps = await startApps(env);
  address = `its page is at ${publicUrl}`;

  const rows = [
    ['page', `${publicUrl}/`, 'sign up, and watch what follows'],
    ['operations', `${publicUrl}/ops`, `token ${opsToken}`],
    ['api', api, `health and metrics on ${metricsOf(apps, 'api')}`],
    ...apps
      .filter(({ name }) => name !== 'api')
      .map(({ name, metricsUrl }) => [name, metricsUrl, 'health and metrics']),
    ['PostgreSQL', database.url, database.notes ?? 'given by DATABASE_URL'],
    ['broker', broker.url, broker.notes ?? 'given by RABBITMQ_URL'],
    [
      'maildev',
      mail.notes ?? mail.url,
      mail.notes ? `every mail is shown here; SMTP on ${mail.url}` : 'given by SMTP_URL',
    ],
  ];
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  tell(`\n${table(rows)}\n\nReady after ${seconds} s. Ctrl-C stops everything in order.\n\n`);
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
    HttpConfig,
    ApiConfig,
    EmailWorkerConfig,
  ];
  const parsed = loadConfig(configs, { ...started, ...setOnly(process.env) });
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

async function startApps(env: Record<string, string>): Promise<RunningApp[]> {
  const names = appNames();
  const width = Math.max(...names.map((name) => name.length));
  const apps = await Promise.all(
    names.map((name, index) => {
      const prefix = isForMachines
        ? ''
        : `${colour(COLOURS[index % COLOURS.length]!, name.padEnd(width))}  `;
      return startApp(name, env, { onLine: (line) => console.log(`${prefix}${line}`) });
    }),
  );
  for (const { name, child } of apps.toReversed()) stack.push({ name, stop: () => child.stop() });
  for (const { name, child } of apps) {
    child.onExit((exit) => {
      if (!stopping)
        tell(`${name} has ended (${exit}); the others go on. Ctrl-C stops everything.\n`);
    });
  }
  await Promise.all(apps.map((app) => app.ready()));
  return apps;
}

/** Stops in the opposite order of the start: the API, the workers with the message in hand, then their servers. */
function stop(exitCode: number): Promise<void> {
  stopping ??= (async () => {
    for (const part of stack.toReversed()) await progress(`Stopping ${part.name}`, part.stop);
    process.exit(exitCode);
  })();
  return stopping;
}

async function progress<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  tell(`${title} …\n`);
  const result = await work();
  tell(`  done in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s\n`);
  return result;
}

function metricsOf(apps: readonly RunningApp[], app: string): string {
  return apps.find(({ name }) => name === app)!.metricsUrl;
}

function setOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    // An empty variable is an unset one.
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
