import { Child } from '../../../tools/embedded-stack/src/child.js';
import { freePort } from '../../../tools/embedded-stack/src/free-port.js';
import { built } from '../../../tools/embedded-stack/src/paths.js';

const PROGRAM = built('test/bench/stack/mail-sink.main.js');

/** The mail server of one stack: always at one address, as slow as is asked for, or down. */
export class MailServer {
  /** The recipients of all mails that were taken. */
  readonly recipients: string[] = [];
  /** When each of them was taken, in milliseconds since 1970. */
  readonly takenAt: number[] = [];
  private child: Child | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<MailServer> {
    const server = new MailServer(await freePort());
    await server.takeAfter(0);
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Comes back such that each mail takes so long. */
  async takeAfter(delayMs: number): Promise<void> {
    await this.stop();
    this.child = new Child('mail server', PROGRAM, {
      args: [String(this.port), String(delayMs)],
      onLine: (line) => this.note(line),
    });
    await this.child.message();
  }

  forget(): void {
    this.recipients.length = 0;
    this.takenAt.length = 0;
  }

  private note(line: string): void {
    const [takenAt, recipient] = line.split(' ');
    this.takenAt.push(Number(takenAt));
    this.recipients.push(recipient!);
  }

  /** Nobody listens any more. */
  async stop(): Promise<void> {
    await this.child?.stop();
    this.child = undefined;
  }
}
