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
  return (await isFree(preferred)) ? preferred : freePort();
}

/** Whether a server could listen on this port of `host` now. */
export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** The preferred port; when another program has it, any, and says so. */
export async function portFor(what: string, preferred: number): Promise<number> {
  const port = await freePort(preferred);
  if (port !== preferred) {
    process.stderr.write(`Port ${preferred} is taken by another program: ${what} gets ${port}.\n`);
  }
  return port;
}
