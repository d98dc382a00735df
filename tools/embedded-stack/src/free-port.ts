import { randomInt } from 'node:crypto';
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Below the ports that systems give to outgoing connections: one of those could be taken by any program
 * before its server starts, or while it starts again.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** A port that was given out is given to nobody else for so long, until its server listens. */
const RESERVED_MS = 60_000;
const RESERVATIONS = join(tmpdir(), 'usher-ports');

/** A TCP port of 127.0.0.1 that nobody uses: `preferred` if it is free, else any. */
export async function freePort(preferred?: number): Promise<number> {
  const port = preferred ?? randomInt(FIRST_PORT, LAST_PORT);
  const isOurs = preferred !== undefined || reserve(port);
  return isOurs && (await isFree(port)) ? port : freePort();
}

/** Tests run side by side in several processes, so the file system decides between them. */
function reserve(port: number): boolean {
  const file = join(RESERVATIONS, String(port));
  try {
    mkdirSync(RESERVATIONS, { recursive: true, mode: 0o777 });
    writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch {
    return isOld(file);
  }
}

function isOld(file: string): boolean {
  try {
    const now = Date.now();
    if (now - statSync(file).mtimeMs < RESERVED_MS) return false;
    utimesSync(file, now / 1_000, now / 1_000);
    return true;
  } catch {
    // The folder cannot be used: then there are no reservations.
    return true;
  }
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
