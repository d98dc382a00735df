import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../child.js';
import { portFor } from '../free-port.js';
import type { Part, RunningPart } from '../part.js';
import { built } from '../paths.js';

const PROGRAM = built('tools/embedded-stack/src/parts/postgres.main.js');
const PREFERRED_PORT = 55432;
const MAX_TRIES = 3;
const AGAIN_AFTER_MS = 500;
/**
 * Another program has taken the port while the data folder was made, or the last process of a server that has just
 * ended is still there.
 */
const PASSES = /Address already in use|pre-existing shared memory block/;

/**
 * PostgreSQL refuses to be root, so root starts it as a user of its own. That one cannot enter what is closed
 * to others, such as /root; there it is root under another name.
 * https://man7.org/linux/man-pages/man1/unshare.1.html
 */
const UNDER_ANOTHER_NAME = ['unshare', '--user', '--map-user=65534', '--map-group=65534'];

/**
 * Real PostgreSQL from npm's binaries, its data in `directory`.
 * @param settings of the server, as `fsync=off` for data that nobody needs after a loss of power
 */
export const postgres = (directory: string, settings: readonly string[] = []): Part => ({
  name: 'PostgreSQL',
  variable: 'DATABASE_URL',
  async start() {
    for (let triesLeft = MAX_TRIES - 1; ; triesLeft--) {
      try {
        return await startAt(await portFor('PostgreSQL', PREFERRED_PORT), directory, settings);
      } catch (error) {
        if (triesLeft === 0 || !PASSES.test((error as Error).message)) throw error;
        await sleep(AGAIN_AFTER_MS);
      }
    }
  },
});

async function startAt(
  port: number,
  directory: string,
  settings: readonly string[],
): Promise<RunningPart> {
  const isRoot = process.getuid?.() === 0;
  const closed = isRoot ? (closedFolder(PROGRAM) ?? closedFolder(directory)) : undefined;
  const child = new Child('PostgreSQL', PROGRAM, {
    args: [directory, String(port), ...settings],
    through: closed === undefined ? [] : UNDER_ANOTHER_NAME,
  });
  try {
    const { url } = await child.message<{ url: string }>();
    return { url, notes: `data in ${directory}`, pid: child.pid, stop: () => child.stop() };
  } catch (error) {
    if (closed === undefined) throw error;
    throw new Error(
      `${(error as Error).message}\nPostgreSQL does not run as root, and other users cannot enter ${closed}. ` +
        'Move to a folder that they can enter, or be another user, or set DATABASE_URL.',
      { cause: error },
    );
  }
}

/** The uppermost folder on the way to a path that only its owner may enter; what does not exist yet is open. */
function closedFolder(path: string): string | undefined {
  const folder = dirname(resolve(path));
  if (folder === dirname(folder)) return undefined;
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o001;
  return closedFolder(folder) ?? (mode & 0o001 ? undefined : folder);
}
