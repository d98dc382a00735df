import { randomBytes } from 'node:crypto';
import { DatabaseConfig, HttpConfig } from '#libs/bootstrap';
import { MessagingConfig } from '#libs/messaging';
import { ConfigError, loadConfig, ServiceConfig } from '#libs/service-defaults';
import { ApiConfig } from '../../../apps/api/src/api.config.js';
import { EmailWorkerConfig } from '../../../apps/email-worker/src/email-worker.config.js';
import { migrateDatabase } from '../../usher-cli/src/migrate-database.js';
import { table } from '../../usher-cli/src/table.js';
import { appNames, startApp, type RunningApp } from './apps.js';
import { freePort } from './free-port.js';
import { provide, type Part, type RunningPart } from './part.js';
import { root } from './paths.js';
import { maildev } from './parts/maildev.js';
import { postgres } from './parts/postgres.js';
import { rabbitmq } from './parts/rabbitmq.js';

const OPS_TOKEN_BYTES = 15;

// sysexits.h
const EX_CONFIG = 78;
const COLOURS = [36, 35, 33, 32];
const colour = (code: number, text: string) =>
  process.stdout.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text;

const stack: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
let stopping: Promise<void> | undefined;

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
  refuseBadConfiguration();
  const data = process.env['DATA_DIR'] ?? `${root}.data`;
  const database = await begin(postgres(`${data}/postgres`));
  const broker = await begin(rabbitmq(`${data}/rabbitmq`));
  const mail = await begin(maildev());
  await progress('Preparing the database', () => migrateDatabase(database.url));

  const httpPort = process.env['HTTP_PORT'] ?? String(await freePort(3000));
  const publicUrl = process.env['PUBLIC_URL'] ?? `http://127.0.0.1:${httpPort}`;
  // Another one each time, known to whoever reads the table below.
  const opsToken = process.env['OPS_TOKEN'] || randomBytes(OPS_TOKEN_BYTES).toString('base64url');
  const env = {
    LOG_FORMAT: 'pretty',
    ...definedOnly(process.env),
    DATABASE_URL: database.url,
    RABBITMQ_URL: broker.url,
    SMTP_URL: mail.url,
    HTTP_PORT: httpPort,
    PUBLIC_URL: publicUrl,
    OPS_TOKEN: opsToken,
  };
  const apps = await progress('Starting the apps', () => startApps(env));

  const rows = [
    ['page', `${publicUrl}/`, 'sign up, and watch what follows'],
    ['operations', `${publicUrl}/ops`, `token ${opsToken}`],
    ['api', `http://127.0.0.1:${httpPort}`, `health and metrics on ${metricsOf(apps, 'api')}`],
    ...apps
      .filter(({ name }) => name !== 'api')
      .map(({ name, metricsUrl }) => [name, metricsUrl, 'health and metrics']),
    ['PostgreSQL', database.url, database.notes ?? 'given by DATABASE_URL'],
    ['RabbitMQ', broker.url, broker.notes ?? 'given by RABBITMQ_URL'],
    [
      'maildev',
      mail.notes ?? mail.url,
      mail.notes ? `every mail is shown here; SMTP on ${mail.url}` : 'given by SMTP_URL',
    ],
  ];
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  console.log(`\n${table(rows)}\n\nReady after ${seconds} s. Ctrl-C stops everything in order.\n`);
}

/** Before anything is started: all that the apps would refuse. @throws ConfigError */
function refuseBadConfiguration(): void {
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
  loadConfig(configs, { ...started, ...definedOnly(process.env) });
}

async function begin(part: Part): Promise<RunningPart> {
  const running = await progress(`Starting ${part.name}`, () => provide(part));
  if (!running.given) stack.push({ name: part.name, stop: running.stop });
  return running;
}

async function startApps(env: Record<string, string>): Promise<RunningApp[]> {
  const names = appNames();
  const width = Math.max(...names.map((name) => name.length));
  const apps = await Promise.all(
    names.map((name, index) => {
      const prefix = colour(COLOURS[index % COLOURS.length]!, name.padEnd(width));
      return startApp(name, env, (line) => console.log(`${prefix}  ${line}`));
    }),
  );
  for (const { name, child } of apps.toReversed()) stack.push({ name, stop: () => child.stop() });
  for (const { name, child } of apps) {
    child.onExit((exit) => {
      if (!stopping)
        console.log(`${name} has ended (${exit}); the others go on. Ctrl-C stops everything.`);
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
  const result = await work();
  console.log(`${title} … ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
  return result;
}

function metricsOf(apps: readonly RunningApp[], app: string): string {
  return apps.find(({ name }) => name === app)!.metricsUrl;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
