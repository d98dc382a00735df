import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { freePort } from '../../tools/embedded-stack/src/free-port.js';

/** A mail that the sink took responsibility for, or might have: it had all of it in its hands. */
export interface SinkMail {
  readonly to: string;
  readonly messageId: string;
}

/**
 * How the sink treats an address. All but `refused` and `slow` do so the first time only, so that a mail
 * never runs out of attempts by the sink alone.
 */
export type Manner =
  /** 550 to RCPT TO, always. */
  | 'refused'
  /** 451 to RCPT TO. */
  | 'greylisted'
  /** Answers DATA late, in time. */
  | 'slow'
  /** Takes the mail, and answers after the handler has given up. */
  | 'stalled'
  /** Takes the mail, then closes the connection without an answer. */
  | 'taken-and-hung-up'
  /** Takes the mail, then resets the connection without an answer. */
  | 'taken-and-reset'
  /** Closes the connection instead of taking the mail. */
  | 'hung-up';

const CYCLE = 25;
const MANNERS: Record<number, Manner> = {
  2: 'refused',
  5: 'greylisted',
  8: 'slow',
  10: 'taken-and-reset',
  13: 'taken-and-hung-up',
  15: 'greylisted',
  17: 'slow',
  20: 'hung-up',
  22: 'slow',
  24: 'stalled',
};
const SLOW_MS = 1_500;
const STALL_MS = 8_000;

/** The address of the nth person; it decides how the sink treats it. */
export const addressOf = (person: number): string => `person-${person}@example.com`;

export function mannerOf(address: string): Manner | undefined {
  const person = /^person-(\d+)@/.exec(address)?.[1];
  return person === undefined ? undefined : MANNERS[Number(person) % CYCLE];
}

/** A real SMTP server that treats some addresses badly, and keeps what it has taken. */
export class MailSink {
  readonly mails: SinkMail[] = [];
  private readonly treated = new Set<string>();
  /** By the client's port. */
  private readonly sockets = new Map<number | undefined, Socket>();
  private server = this.create();
  private port: number | undefined;

  async start(): Promise<void> {
    this.port ??= await freePort();
    this.server = this.create();
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Goes away; `start` comes back on the same port. */
  async stop(): Promise<void> {
    const closed = once(this.server.server, 'close');
    this.server.close();
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
  }

  private create(): SMTPServer {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _, callback) => {
      if (mannerOf(address) === 'refused') callback(refusal(550));
      else if (this.isDue(address, 'greylisted')) callback(refusal(451));
      else callback(null);
    };
    const onData: SMTPServerOptions['onData'] = (stream, session, callback) => {
      const to = session.envelope.rcptTo[0]!.address;
      const socket = this.sockets.get(session.remotePort);
      if (this.isDue(to, 'hung-up')) {
        stream.resume();
        socket?.end();
        return;
      }
      buffer(stream).then(
        (raw) => {
          const messageId = /^message-id:\s*(<[^>]+>)/im.exec(raw.toString('utf8'))?.[1] ?? '';
          this.mails.push({ to, messageId });
          if (this.isDue(to, 'taken-and-hung-up')) socket?.end();
          else if (this.isDue(to, 'taken-and-reset')) socket?.resetAndDestroy();
          else setTimeout(callback, this.delayOf(to), null);
        },
        () => undefined, // The client, or we, broke off: that is no mail.
      );
    };
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      closeTimeout: 100,
      onRcptTo,
      onData,
    });
    // A worker that is killed breaks off its dialogue.
    server.on('error', () => undefined);
    server.server.on('connection', (socket) => {
      this.sockets.set(socket.remotePort, socket);
      socket.once('close', () => this.sockets.delete(socket.remotePort));
    });
    return server;
  }

  private delayOf(address: string): number {
    if (this.isDue(address, 'stalled')) return STALL_MS;
    return mannerOf(address) === 'slow' ? SLOW_MS : 0;
  }

  /** Whether the address is to be treated so now, for the first and only time. */
  private isDue(address: string, manner: Manner): boolean {
    if (mannerOf(address) !== manner || this.treated.has(address)) return false;
    this.treated.add(address);
    return true;
  }
}

const refusal = (responseCode: number) =>
  Object.assign(new Error('refused by the sink'), { responseCode });
