#!/usr/bin/env bash
# Node's http.Server.close() cuts off answers that are still on their way.
#
# The documentation says that close() ends idle connections and lets the others finish. A connection counts as
# idle as soon as response.end() was called, although the client has not taken all of the answer yet: its
# socket is destroyed, and the client gets a part of the body. net.Server.prototype.close, called on the same
# server, stops listening and lets the answer finish.
#
# Seen on Node 20.20.2: "http close: cut off after N of 33554432 bytes", "net close: whole".
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@20.20.2 >/dev/null

cat >try.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, Server } from 'node:net';

const BODY = Buffer.alloc(32 * 1024 * 1024);

/** How many bytes of the body arrive when the server closes while the client takes its time. */
async function arrives(close) {
  const server = createServer((request, response) => response.end(BODY)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(server.address().port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let bytes = 0;
  client.on('data', (chunk) => (bytes += chunk.length));
  await once(client, 'data');
  client.pause();
  close.call(server);
  client.resume();
  await once(client, 'close');
  return bytes;
}

const http = await arrives(createServer().close);
const net = await arrives(Server.prototype.close);
const isWhole = (bytes) => bytes > BODY.length;
const say = (bytes) => (isWhole(bytes) ? 'whole' : `cut off after ${bytes} of ${BODY.length} bytes`);
console.log(`Node ${process.version}`);
console.log(`http close: ${say(http)}`);
console.log(`net close: ${say(net)}`);
process.exit(!isWhole(http) && isWhole(net) ? 0 : 1);
JS
./node_modules/.bin/node try.mjs
