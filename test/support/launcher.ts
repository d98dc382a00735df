import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../tools/embedded-stack/src/paths.js';
import { eventually } from './eventually.js';

const START_TIMEOUT_MS = 110_000;

interface Process {
  readonly pid: number;
  readonly command: string;
}

export interface LauncherOptions {
  /** `npm run dev` instead. */
  readonly watch?: boolean;
  /** A folder with sources and their build, other than this one. */
  readonly checkout?: string;
}

/** `npm run up` as a person starts it, without what npm does before. */
export class Launcher {
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** Does not wait until it is ready. */
  static start(
    env: Record<string, string>,
    { watch = false, checkout = root }: LauncherOptions = {},
  ): Launcher {
    const program = join(checkout, 'dist/tools/embedded-stack/src/up.js');
    const args = ['--enable-source-maps', program, ...(watch ? ['--watch'] : [])];
    return new Launcher(
      spawn(process.execPath, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Resolves when it prints its table of addresses. @throws Error with its output when it does not get that far */
  async ready(timeoutMs = START_TIMEOUT_MS): Promise<this> {
    await eventually(() => this.output.includes('Ready after') || this.hasExited, timeoutMs).catch(
      () => undefined,
    );
    if (!this.output.includes('Ready after')) throw new Error(`not ready:\n${this.output}`);
    return this;
  }

  /** The first address in a line of the table. */
  addressOf(name: string): string {
    const address = new RegExp(`^${name} +(\\w+://\\S+)`, 'm').exec(this.output)?.[1];
    if (!address) throw new Error(`no line for ${name}:\n${this.output}`);
    return address;
  }

  get text(): string {
    return this.output;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The processes that it has started, by way of others too. */
  descendants(): Process[] {
    const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    const all = lines.map((line) => {
      const [pid, parent, ...command] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), command: command.join(' ') };
    });
    const below = (pid: number): Process[] =>
      all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
    return below(this.pid);
  }

  /** SIGKILL to all of them and to itself; answers whom. */
  killAll(): number[] {
    const all = [this.pid, ...this.descendants().map(({ pid }) => pid)];
    all.forEach(kill);
    return all;
  }

  /** Sends a signal and waits for the end; answers the exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.hasExited) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
    return this.child.exitCode;
  }
}

/** One of a list may have ended by itself since it was listed, as a database's do. */
function kill(pid: number): void {
  if (isRunning(pid)) process.kill(pid, 'SIGKILL');
}

/** Whether there is a process of this id. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
