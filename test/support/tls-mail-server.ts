import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readCertificate, type Certificate } from './certificates.js';

/** What is known of a mail that has come. */
export interface ArrivedMail {
  readonly to: string;
  readonly encrypted: boolean;
  /** What the client called itself. */
  readonly ehlo: string;
  readonly user: string | undefined;
}

/** `implicit`: from the first byte. `starttls`: offered. `none`: as a server that has none, or behind somebody who takes the offer out. */
export type MailTls = 'implicit' | 'starttls' | 'none';

/** A mail server that can do TLS, on a free port of 127.0.0.1. */
export class TlsMailServer {
  readonly mails: ArrivedMail[] = [];
  /** Log-ins that were tried, by whether they were encrypted. */
  readonly logIns: boolean[] = [];
  private readonly server: SMTPServer;

  private constructor(tls: MailTls, certificate: Certificate) {
    this.server = new SMTPServer({
      ...readCertificate(certificate),
      secure: tls === 'implicit',
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: tls === 'none' ? ['STARTTLS'] : [],
      closeTimeout: 100,
      onAuth: ({ username }, { secure }, callback) => {
        this.logIns.push(secure);
        callback(null, { user: username });
      },
      onData: (stream, { envelope, secure, hostNameAppearsAs, user }, callback) => {
        void buffer(stream).then(() => {
          const to = envelope.rcptTo[0]?.address ?? '';
          this.mails.push({ to, encrypted: secure, ehlo: hostNameAppearsAs, user });
          callback();
        });
      },
    });
    // A client that breaks off its dialogue is no fault of the server.
    this.server.on('error', () => undefined);
  }

  static async start(tls: MailTls, certificate: Certificate): Promise<TlsMailServer> {
    const started = new TlsMailServer(tls, certificate);
    await new Promise<void>((resolve) => started.server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** Shows this certificate to every client that connects from now on. */
  use(certificate: Certificate): void {
    this.server.updateSecureContext(readCertificate(certificate));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}
