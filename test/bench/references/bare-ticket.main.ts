import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { optionsOf } from './options.js';

/** A ticket with nothing behind it: one HMAC a request, and the bytes that Usher answers. */
export interface BareTicketOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const { headers, body } = optionsOf<BareTicketOptions>();
// Node writes these by itself.
const { connection: _, date: __, 'keep-alive': ___, ...own } = headers;
const key = randomBytes(32);
let count = 0;

const server = createServer((request, response) => {
  const signature = createHmac('sha256', key).update(String(count++)).digest('base64url');
  request.resume();
  response.writeHead(503, {
    ...own,
    'usher-ticket': signature.padEnd(own['usher-ticket']!.length),
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send!({ url: `http://127.0.0.1:${port}` });
});
process.once('SIGTERM', () => process.exit(0));
