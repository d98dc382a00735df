import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Where in a dialogue a server answers; `end` is the end of the mail itself. */
export type Stage = 'CONN' | 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'RSET' | 'QUIT' | 'end'; // prettier-ignore

/** A reply in full, `hang up` to close the connection instead, or nothing for the usual one. */
export type Answer = string | undefined;

const USUAL: Partial<Record<Stage, string>> = {
  CONN: '220 mail.example ESMTP',
  AUTH: '235 2.7.0 logged in',
  DATA: '354 go on',
  QUIT: '221 bye',
};

/** A mail server that answers at each stage as a test says, and keeps the recipients of the mails that it accepts. */
export class ScriptedSmtpServer {
  /** The recipients of all mails that it has accepted. */
  readonly accepted: string[] = [];
  /** What it has been asked, one entry for each connection or command. */
  readonly asked: Stage[] = [];
  readonly extensions = new Set<string>();
  /** @param to the recipient, once it is known */
  answer: (stage: Stage, to: string) => Promise<Answer> | Answer = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => void this.converse(socket));
  }

  static async start(): Promise<ScriptedSmtpServer> {
    const server = createServer();
    const scripted = new ScriptedSmtpServer(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return scripted;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  timesAsked(stage: Stage): number {
    return this.asked.filter((each) => each === stage).length;
  }

  mailsTo(address: string): number {
    return this.accepted.filter((to) => to === address).length;
  }

  /** Closes all connections, as servers do with idle ones. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async converse(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    let to = '';
    let isMail = false;
    let rest = '';
    const reply = async (stage: Stage): Promise<string> => {
      this.asked.push(stage);
      const answer = (await this.answer(stage, to)) ?? this.usual(stage);
      if (answer === 'hang up') socket.destroy();
      else if (!socket.destroyed) socket.write(`${answer.replaceAll('\n', '\r\n')}\r\n`);
      return answer;
    };
    await reply('CONN');
    try {
      for await (const chunk of socket) {
        const lines = (rest + String(chunk)).split('\r\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (isMail && line !== '.') continue;
          if (isMail) {
            isMail = false;
            if ((await reply('end')).startsWith('2')) this.accepted.push(to);
            continue;
          }
          const stage = line.slice(0, line.search(/ |$/)).split(':')[0]!.toUpperCase() as Stage;
          if (stage === 'RCPT') to = /<(.*)>/.exec(line)![1]!;
          isMail = (await reply(stage)).startsWith('354');
        }
      }
    } catch {
      // A client that breaks off its dialogue.
    }
  }

  private usual(stage: Stage): string {
    if (stage !== 'EHLO') return USUAL[stage] ?? '250 2.0.0 fine';
    const lines = ['mail.example', ...this.extensions];
    return lines.map((line, i) => `250${i < lines.length - 1 ? '-' : ' '}${line}`).join('\n');
  }
}
