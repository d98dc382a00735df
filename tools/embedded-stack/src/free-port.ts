import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections: one of those could be taken by any program
 * before its server starts, or while it starts again.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** A TCP port of 127.0.0.1 that nobody uses: `preferred` if it is free, else any. */
export async function freePort(preferred = randomInt(FIRST_PORT, LAST_PORT)): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(freePort()));
    server.listen(preferred, '127.0.0.1', () => server.close(() => resolve(preferred)));
  });
}
