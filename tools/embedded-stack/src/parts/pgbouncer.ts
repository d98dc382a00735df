import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import type { Part, RunningPart } from '../part.js';
import { root } from '../paths.js';

/** https://www.pgbouncer.org/features.html */
export type PoolMode = 'session' | 'transaction';

/** Where it runs and how. */
export interface PgbouncerOptions {
  /** Of PostgreSQL, with user and password; other databases of that server can be named too. */
  readonly url: string;
  /** `1.18` or `1.24`. */
  readonly version: string;
  readonly mode: PoolMode;
  /** Further settings of the section `pgbouncer`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const START_TIMEOUT_MS = 10_000;
const LINES_TO_TELL = 20;

/** The program of a version. @throws Error when it cannot be had on this machine */
export function findPgbouncer(version: string): string {
  const script = join(root, 'tools', 'pgbouncer.sh');
  return execFileSync('bash', [script, version], { encoding: 'utf8' }).trim();
}

/** A private PgBouncer before a PostgreSQL, on a free port. It ends with this process, however that ends. */
export const pgbouncer = (options: PgbouncerOptions): Part => ({
  name: `PgBouncer ${options.version} (${options.mode} mode)`,
  variable: 'PGBOUNCER_URL',
  start: () => startPgbouncer(options),
});

/** {@link pgbouncer}, started. */
export async function startPgbouncer(options: PgbouncerOptions): Promise<RunningPart> {
  const program = findPgbouncer(options.version);
  const directory = await mkdtemp(join(tmpdir(), 'usher-pgbouncer-'));
  // As root, PgBouncer runs as another user, who has to get in.
  await chmod(directory, 0o755);
  const port = await freePort();
  const config = join(directory, 'pgbouncer.ini');
  const users = join(directory, 'users.txt');
  const { username, password } = new URL(options.url);
  const quoted = [username, password].map((text) => decodeURIComponent(text).replaceAll('"', '""'));
  await writeFile(users, `"${quoted.join('" "')}"\n`);
  await writeFile(config, configuration(options, port, users));
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const script = '"$@" & read -r _; kill -KILL $!; wait';
  const child = spawn('sh', ['-c', script, 'sh', program, ...asOther, config], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lines.push(text);
    if (lines.length > LINES_TO_TELL) lines.shift();
  });
  const stop = async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`PgBouncer ${options.version} does not listen:\n${lines.join('')}`);
    }
    await sleep(50);
  }
  const url = new URL(options.url);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { url: url.href, pid: child.pid, stop };
}

/** `<version>:<mode>`, such as `1.24:transaction`. @throws Error when it is something else */
export function parsePooler(text: string): Pick<PgbouncerOptions, 'version' | 'mode'> {
  const [version, mode] = text.split(':');
  if (version && (mode === 'session' || mode === 'transaction')) return { version, mode };
  throw new Error('DATABASE_POOLER: expected <version>:session or <version>:transaction');
}

function configuration({ url, mode, settings }: PgbouncerOptions, port: number, users: string) {
  const { hostname, port: serverPort, username } = new URL(url);
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    // The users that are not in the file are asked of the server, in the name of this one.
    auth_user: decodeURIComponent(username),
    pool_mode: mode,
    max_client_conn: 500,
    default_pool_size: 20,
    // A server that starts again is found at once.
    server_login_retry: 1,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return `[databases]\n* = host=${hostname} port=${serverPort}\n[pgbouncer]\n${lines.join('\n')}\n`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
