import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventCatalog } from '#libs/contracts';
import { appNames } from '../../start/src/app-command.js';

/** What cannot be added, and why. */
export class RefusedError extends Error {
  override name = 'RefusedError';
}

/** What is asked for. */
export interface WorkerRequest {
  /** Such as `audit-worker`. */
  readonly name: string;
  /** An event type of the catalogue. */
  readonly event: string;
  /** Such as `record-registration`. */
  readonly handler: string;
  readonly isExternal: boolean;
  readonly hasTable: boolean;
}

/** A worker that is to be written, by all the names that it has. */
export interface NewWorker extends WorkerRequest {
  /** `<name>.<handler>`: the name of its queue. */
  readonly consumer: string;
  /** `AuditWorkerModule` */
  readonly moduleClass: string;
  /** `RecordRegistrationHandler` */
  readonly handlerClass: string;
  /** `recordRegistration`: the constant of its subscription. */
  readonly subscription: string;
  /** `userRegistered`: the constant of its event, and its file in libs/contracts/src, without `.ts`. */
  readonly eventConstant: string;
  readonly eventFile: string;
  /** `audit` */
  readonly schema: string;
  /** `audit.record_registration` */
  readonly table: string;
  /** `0014` */
  readonly migrationNumber: string;
  /** `Audit1764000000014` */
  readonly migrationClass: string;
}

const WORKER_NAME = /^[a-z]+(-[a-z]+)*-worker$/;
const HANDLER_NAME = /^[a-z]+(-[a-z]+)+$/;
const CONTRACTS = 'libs/contracts/src';
const MIGRATIONS = 'libs/database/src/migrations';
/** What the files of a new worker import from, or are written into. */
const NAMED_IN = [
  `${CONTRACTS}/index.ts`,
  `${CONTRACTS}/subscriptions.ts`,
  'libs/messaging/src/index.ts',
  'test/support/eventually.ts',
  'test/support/test-database.ts',
  'test/support/test-worker.ts',
];
/** Reserved, or a schema that is there: https://www.postgresql.org/docs/current/sql-keywords-appendix.html */
const SQL_WORDS = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate ' +
    'collation column concurrently constraint create cross default deferrable desc distinct do else end except ' +
    'false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is ' +
    'isnull join lateral leading left like limit localtime localtimestamp migrations natural not notnull null ' +
    'offset on only or order outer overlaps placing primary public references returning right select similar ' +
    'some symmetric table tablesample then to trailing true union unique user using variadic verbose when ' +
    'where window with'
  ).split(' '),
);

/** @param root the repository @throws RefusedError with what has to be named otherwise */
export function newWorker(request: WorkerRequest, root: string): NewWorker {
  const { name, event, handler, isExternal, hasTable } = request;
  if (!WORKER_NAME.test(name))
    throw new RefusedError(`'${name}' is no worker's name, such as audit-worker`);
  if (appNames().includes(name)) throw new RefusedError(`there is an app '${name}' already`);
  if (!HANDLER_NAME.test(handler))
    throw new RefusedError(
      `'${handler}' does not say what the handler does, such as record-registration`,
    );
  if (isExternal && hasTable)
    throw new RefusedError(
      'an external effect has no transaction of its own: take --external or --table',
    );
  const found = constantOf(event, root);
  if (!found) {
    const known = eventCatalog.map(({ type }) => `  ${type}`).join('\n');
    throw new RefusedError(`'${event}' is no event of the catalogue. There are:\n${known}`);
  }
  const subscription = camel(handler);
  const taken = NAMED_IN.find((path) =>
    new RegExp(`\\b${subscription}\\b`).test(readFileSync(join(root, path), 'utf8')),
  );
  if (taken !== undefined)
    throw new RefusedError(
      `'${subscription}' has another meaning in ${taken}: name the handler otherwise`,
    );
  const schema = snake(name.replace(/-worker$/, ''));
  const migrations = readdirSync(join(root, MIGRATIONS)).filter((file) => /^\d{4}-/.test(file));
  const sources = migrations.map((file) => readFileSync(join(root, MIGRATIONS, file), 'utf8'));
  if (hasTable && (SQL_WORDS.has(schema) || schema.startsWith('pg_')))
    throw new RefusedError(
      `PostgreSQL keeps the name '${schema}' for itself: name the worker otherwise`,
    );
  if (
    hasTable &&
    sources.some((sql) => new RegExp(`CREATE SCHEMA (IF NOT EXISTS )?${schema};`).test(sql))
  )
    throw new RefusedError(`there is a schema '${schema}' already`);
  const number = Math.max(...migrations.map((file) => Number(file.slice(0, 4)))) + 1;
  const migrationNumber = String(number).padStart(4, '0');
  return {
    ...request,
    consumer: `${name}.${handler}`,
    moduleClass: `${pascal(name)}Module`,
    handlerClass: `${pascal(handler)}Handler`,
    subscription,
    eventConstant: found.constant,
    eventFile: found.file,
    schema,
    table: `${schema}.${snake(handler)}`,
    migrationNumber,
    migrationClass: `${pascal(schema.replaceAll('_', '-'))}176400000${migrationNumber}`,
  };
}

/** Where an event is defined. */
function constantOf(type: string, root: string) {
  const files = readdirSync(join(root, CONTRACTS), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((path) => path.endsWith('.event.ts'))) {
    const source = readFileSync(join(root, CONTRACTS, file), 'utf8');
    const [, constant, defined] = /export const (\w+) = \w+\(\s*'([^']+)'/.exec(source) ?? [];
    if (constant !== undefined && defined === type)
      return { constant, file: file.replace(/\.ts$/, '') };
  }
  return undefined;
}

const camel = (words: string) =>
  words.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (words: string) => camel(`-${words}`);
const snake = (words: string) => words.replaceAll('-', '_');
