#!/usr/bin/env bash
# PgBouncer 1.18.0 (Debian 12) reports a server that crashes in the middle of a statement with SQLSTATE 08P01,
# protocol_violation, at severity FATAL. PostgreSQL itself says 57P02 or breaks the connection, and uses 08P01
# at severity ERROR for a client that breaks the protocol, such as one that binds a parameter too many. A
# client that tells outages from defects by SQLSTATE alone takes an outage behind PgBouncer for a defect.
#
# Seen with pgbouncer 1.18.0-1+deb12u1, postgresql-15 15.18-0+deb12u1 and pg 8.23.1:
#   parameters: 08P01 ERROR bind message supplies 2 parameters, but prepared statement "" requires 1
#   crash: 08P01 FATAL server conn crashed?
#
# Needs Debian's packages pgbouncer and postgresql-15, and node with npm; exits 2 without them.
# Exits 1 when it is otherwise.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
for program in "$bin/postgres" /usr/sbin/pgbouncer node npm; do
  command -v "$program" >/dev/null || { echo "missing: $program (apt-get install pgbouncer postgresql-15)" >&2; exit 2; }
done
work=$(mktemp -d)
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }
cleanup() {
  [ ! -e "$work/pooler.pid" ] || kill -9 "$(cat "$work/pooler.pid")" 2>/dev/null || true
  as "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
[ "$(id -u)" != 0 ] || chown postgres "$work"

read -r server pooler < <(node -e "
  const net = require('node:net');
  const a = net.createServer().listen(0, '127.0.0.1', () => {
    const b = net.createServer().listen(0, '127.0.0.1', () => {
      console.log(a.address().port, b.address().port);
      a.close();
      b.close();
    });
  });")
as "$bin/initdb" -D "$work/data" -U tester -A trust >/dev/null
as "$bin/pg_ctl" -D "$work/data" -w -l "$work/log" \
  -o "-p $server -c listen_addresses=127.0.0.1 -c unix_socket_directories=" start >/dev/null
printf '"tester" ""\n' >"$work/users"
cat >"$work/pgbouncer.ini" <<INI
[databases]
postgres = host=127.0.0.1 port=$server
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooler
unix_socket_dir =
auth_type = trust
auth_file = $work/users
pool_mode = transaction
logfile = $work/pooler.log
pidfile = $work/pooler.pid
INI
chmod 644 "$work/users" "$work/pgbouncer.ini"
as /usr/sbin/pgbouncer -q -d "$work/pgbouncer.ini"

mkdir "$work/client"
cd "$work/client"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pg@8.23.1 >/dev/null
cat >client.cjs <<'JS'
const { Client } = require('pg');
const { readFileSync } = require('node:fs');
const [pooler, pidFile] = process.argv.slice(2);
const say = (what, { code, severity, message }) => console.log(`${what} ${code} ${severity} ${message}`);
(async () => {
  const client = new Client({ host: '127.0.0.1', port: pooler, user: 'tester', database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  await client.query('SELECT $1::int', [1, 2]).catch((error) => say('parameters:', error));
  const running = client.query('SELECT pg_sleep(30)').catch((error) => say('crash:', error));
  const kill = () => process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT');
  setTimeout(kill, 500);
  await running;
  process.exit(0);
})();
JS
output=$(node client.cjs "$pooler" "$work/data/postmaster.pid")
echo "$output"
grep -q '^parameters: 08P01 ERROR' <<<"$output"
grep -q '^crash: 08P01 FATAL server conn crashed' <<<"$output"
