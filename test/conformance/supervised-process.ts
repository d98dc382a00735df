import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const LAST_CHARACTERS = 4_000;
const STOP_WITHIN_MS = 20_000;

/** A program that is started again whenever it dies by itself, as a supervisor does it. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private ended: Promise<number | NodeJS.Signals | null> | undefined;
  private output = '';
  /** How often it was started. */
  starts = 0;

  constructor(
    private readonly command: string,
    private readonly args: readonly string[],
    private readonly env: Record<string, string>,
  ) {}

  start(): void {
    this.starts++;
    // It ends when its standard input does: with the test.
    const child = spawn(this.command, this.args, { env: { ...process.env, ...this.env } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-LAST_CHARACTERS);
      });
    }
    child.once('exit', () => {
      if (!this.stopping) this.start();
    });
    this.child = child;
  }

  /** What it wrote last. */
  get lastOutput(): string {
    return this.output;
  }

  /** Asks it to stop; answers its exit code, or the signal that it died of. */
  stop(): Promise<number | NodeJS.Signals | null> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async end(): Promise<number | NodeJS.Signals | null> {
    this.stopping = true;
    const child = this.child!;
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const [code, signal] = await exited;
    clearTimeout(timer);
    return code ?? signal;
  }
}
