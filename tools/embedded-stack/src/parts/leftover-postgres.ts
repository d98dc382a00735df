import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 20_000;

/**
 * Ends a server that outlived its launcher and still holds this data folder. The record of its process id is
 * not enough: after a restart of the machine that number belongs to another program, maybe another PostgreSQL.
 * So only a PostgreSQL that works in this very folder is ended. See postmaster.pid in
 * https://www.postgresql.org/docs/current/storage-file-layout.html
 * @returns the recorded process id when no PostgreSQL of this folder has it
 * @throws Error when the server does not end in time, or when the system does not say where it works
 */
export async function endLeftover(directory: string): Promise<number | undefined> {
  const record = join(directory, 'postmaster.pid');
  if (!existsSync(record)) return undefined;
  const pid = Number(readFileSync(record, 'utf8').split('\n')[0]);
  if (!(pid > 0)) return undefined;
  const isPostgres = () => isRunning(pid, 'postgres');
  if (!isPostgres()) return pid;
  const folder = workingFolder(pid);
  if (folder === undefined) {
    throw new Error(
      `Process ${pid} is a PostgreSQL, and ${record} says that it holds this folder. This system does not say ` +
        'whether that is still so. If it is, end that process; if not, delete the file.',
    );
  }
  if (folder !== realpathSync(directory)) return pid;
  console.log(`ending PostgreSQL ${pid}, which an earlier launcher has left behind`);
  // "Fast": it ends its connections and writes everything out.
  process.kill(pid, 'SIGINT');
  for (const until = Date.now() + LIMIT_MS; isPostgres();) {
    if (Date.now() > until) throw new Error(`PostgreSQL ${pid} holds ${directory}; end it first`);
    await sleep(50);
  }
  return undefined;
}

/** Whether the process is there, is no zombie, and runs this program. */
function isRunning(pid: number, program: string): boolean {
  const [state = '', name = ''] = output('ps', ['-o', 'stat=,comm=', '-p', String(pid)])
    .trim()
    .split(/\s+(.*)/);
  return !state.startsWith('Z') && name.includes(program);
}

/** A server works in its data folder. Linux says so in /proc, macOS by `lsof`; undefined where neither does. */
function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return /^n(.+)/m.exec(output('lsof', ['-a', '-d', 'cwd', '-p', String(pid), '-Fn']))?.[1];
  }
}

/** Empty when the program fails, as `ps` does when there is no such process, or does not exist. */
function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
