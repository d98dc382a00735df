import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { built } from '../../tools/embedded-stack/src/paths.js';
import { eventually } from './eventually.js';

const START_TIMEOUT_MS = 60_000;

/** `npm run up` as a person starts it, without what npm does before. */
export class Launcher {
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** Does not wait until it is ready. */
  static start(env: Record<string, string>): Launcher {
    const program = built('tools/embedded-stack/src/up.js');
    return new Launcher(
      spawn(process.execPath, ['--enable-source-maps', program], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Resolves when it prints its table of addresses. @throws Error with its output when it does not get that far */
  async ready(): Promise<this> {
    await eventually(
      () => this.output.includes('Ready after') || this.hasExited,
      START_TIMEOUT_MS,
    ).catch(() => undefined);
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

  /** Sends a signal and waits for the end; answers the exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.hasExited) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
    return this.child.exitCode;
  }
}
