import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 20_000;

/**
 * Ends a server that outlived its launcher and still holds this data folder: only one that runs there by
 * its own record and is a PostgreSQL by its name. See postmaster.pid in
 * https://www.postgresql.org/docs/current/storage-file-layout.html
 * @throws Error when it does not end in time
 */
export async function endLeftover(directory: string): Promise<void> {
  const record = join(directory, 'postmaster.pid');
  if (!existsSync(record)) return;
  const [pid, data] = readFileSync(record, 'utf8').split('\n');
  if (!pid || !data || realpathSync(data) !== realpathSync(directory)) return;
  const isRunning = () => nameOf(Number(pid)).includes('postgres');
  if (!isRunning()) return;
  console.log(`ending PostgreSQL ${pid}, which an earlier launcher has left behind`);
  // "Fast": it ends its connections and writes everything out.
  process.kill(Number(pid), 'SIGINT');
  for (const until = Date.now() + LIMIT_MS; isRunning();) {
    if (Date.now() > until) throw new Error(`PostgreSQL ${pid} holds ${directory}; end it first`);
    await sleep(50);
  }
}

function nameOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // `ps` fails when there is no such process.
  }
}
