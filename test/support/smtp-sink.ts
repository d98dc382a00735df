import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A mail that the sink accepted, as it came. */
export interface ReceivedMail {
  readonly to: string;
  /** The return path: empty for a report. */
  readonly from: string;
  readonly raw: string;
}

/** What the sink answers to a recipient: nothing is an acceptance, a code is a refusal. */
export type RecipientRule = (address: string) => number | undefined | Promise<number | undefined>;

/** What happens between the acceptance of a mail and the answer that tells the client of it. */
export type AfterAcceptance = (mail: ReceivedMail) => Promise<void> | void;

/** A real SMTP server on a free port that keeps every mail in memory. */
export class SmtpSink {
  readonly mails: ReceivedMail[] = [];
  rule: RecipientRule = () => undefined;
  /** What a refusal says. */
  words: string | undefined;
  accepted: AfterAcceptance = () => undefined;
  private server = this.create();

  /** @param port any free one, unless given */
  constructor(private port = 0) {}

  async start(): Promise<this> {
    this.server = this.create();
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  to(address: string): ReceivedMail[] {
    return this.mails.filter((mail) => mail.to === address);
  }

  /** Goes away; `start` comes back on the same port. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private create(): SMTPServer {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _, callback) => {
      void Promise.resolve(this.rule(address)).then((code) =>
        callback(
          code
            ? Object.assign(new Error(this.words ?? `<${address}> refused by the sink`), {
                responseCode: code,
              })
            : null,
        ),
      );
    };
    const onData: SMTPServerOptions['onData'] = (stream, session, callback) => {
      const keep = async (raw: Buffer) => {
        const [recipient] = session.envelope.rcptTo;
        const from = (session.envelope.mailFrom || undefined)?.address ?? '';
        const mail = { to: recipient?.address ?? '', from, raw: raw.toString('utf8') };
        this.mails.push(mail);
        await this.accepted(mail);
        callback(null);
      };
      // A mail that was broken off is none.
      buffer(stream).then(keep).catch(callback);
    };
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      closeTimeout: 100,
      onRcptTo,
      onData,
    });
    // A client that breaks off its dialogue is no fault of the server.
    server.on('error', () => undefined);
    return server;
  }
}
