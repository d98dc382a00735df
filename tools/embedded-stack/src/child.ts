import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { built } from './paths.js';

const EXIT_WITH_PARENT = built('tools/embedded-stack/src/exit-with-parent.js');

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** What it reads on its standard input. */
  readonly input?: string | undefined;
  /** More options of Node itself, as for a profile. */
  readonly flags?: readonly string[];
  /** A command that starts Node, as `env` would; it has to become it (exec). */
  readonly through?: readonly string[];
  /** Gets every line that the program writes. */
  readonly onLine?: (line: string) => void;
  /** Where it writes, in place of to this process, which then reads none of its lines. */
  readonly logFile?: string | undefined;
}

const LAST_LINES = 40;

/** A Node program that the launcher runs in a process group of its own, out of reach of the terminal's Ctrl-C. */
export class Child {
  private readonly process: ChildProcess;
  private readonly lines: string[] = [];
  private readonly logFile: string | undefined;

  constructor(
    readonly name: string,
    program: string,
    {
      args = [],
      env = {},
      cwd,
      input,
      flags = [],
      through = [],
      onLine = () => undefined,
      logFile,
    }: ChildOptions = {},
  ) {
    const [execPath, ...before] = [...through, process.execPath];
    const output = logFile ? openSync(logFile, 'a') : 'pipe';
    this.logFile = logFile;
    this.process = fork(program, args, {
      execPath,
      detached: true,
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      execArgv: [...before, '--enable-source-maps', ...flags, '--import', EXIT_WITH_PARENT],
      stdio: [input === undefined ? 'ignore' : 'pipe', output, output, 'ipc'],
    });
    this.process.stdin?.end(input);
    if (typeof output === 'number') closeSync(output);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        if (this.lines.length > LAST_LINES) this.lines.shift();
        onLine(line);
      });
    }
  }

  get pid(): number {
    return this.process.pid!;
  }

  get hasExited(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** What it wrote last, for an error message. */
  get lastLines(): string {
    if (!this.logFile) return this.lines.join('\n');
    return execFileSync('tail', ['-n', String(LAST_LINES), this.logFile], { encoding: 'utf8' });
  }

  /** Resolves with what `ready` answers as soon as that is not undefined. @throws Error when the process ends first */
  async until<T>(ready: () => Promise<T | undefined>, timeoutMs: number): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      if (this.hasExited) throw new Error(`${this.name} ended (${this.exit}):\n${this.lastLines}`);
      const answer = await ready();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline)
        throw new Error(`${this.name} was not ready in ${timeoutMs / 1_000} s:\n${this.lastLines}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The next message that the program sends by `process.send`. @throws Error when the process ends first */
  async message<T>(): Promise<T> {
    const exited = once(this.process, 'exit').then(() => {
      throw new Error(`${this.name} ended (${this.exit}):\n${this.lastLines}`);
    });
    const [message] = await Promise.race([once(this.process, 'message'), exited]);
    return message as T;
  }

  onExit(callback: (exit: string) => void): void {
    this.process.once('exit', () => callback(this.exit));
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Asks it to stop and waits; after `graceMs` it is ended, with all that it has started. */
  async stop(graceMs = 40_000): Promise<void> {
    if (this.hasExited) return;
    const exited = once(this.process, 'exit');
    // A child that is left behind would keep the pipes of this process open, and this process alive.
    const timer = setTimeout(() => process.kill(-this.pid, 'SIGKILL'), graceMs);
    this.process.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  }

  private get exit(): string {
    return this.process.signalCode ?? `exit code ${this.process.exitCode}`;
  }
}
