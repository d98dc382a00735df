import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from 'smtp-server';
import { EmailWorkerConfig } from '../email-worker.config.js';
import { ReportIntake, type ReportedMail } from './report-intake.js';

/** 256 kB: a report returns the headers of the mail, or a short mail as a whole. */
const MAX_BYTES = 256 * 1_024;
const MAX_CONNECTIONS = 20;
/** RFC 5321, section 4.5.3.2, asks for 5 minutes; a report comes all at once. */
const IDLE_TIMEOUT_MS = 60_000;
/** A client that says something from time to time would otherwise keep its connection for good. */
const DIALOGUE_LIMIT_MS = 300_000;
const CLOSE_TIMEOUT_MS = 1_000;

/** RFC 3463: an address that is not there, a message that is not wanted, and a failure that passes. */
const UNKNOWN = { responseCode: 550, text: '5.1.1 there is no such mailbox' };
const REPORTS_ONLY = {
  responseCode: 550,
  text: '5.7.1 only reports with an empty sender are taken',
};
const LATER = { responseCode: 451, text: '4.3.0 the report cannot be taken now' };

/**
 * Takes reports on our mails by SMTP at `BOUNCE_LISTEN`: with the empty sender that reports have (RFC 3461, section
 * 6.1), to return paths of mails that we sent, and nothing else.
 */
@Injectable()
export class BounceServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BounceServer.name);
  private server: SMTPServer | undefined;

  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly intake: ReportIntake,
  ) {}

  /** @throws Error of the operating system, such as for a port that is taken */
  async onApplicationBootstrap(): Promise<void> {
    const { BOUNCE_LISTEN, BOUNCE_DOMAIN } = this.config;
    if (!BOUNCE_LISTEN) return;
    const server = this.create(BOUNCE_DOMAIN!);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(BOUNCE_LISTEN.port, BOUNCE_LISTEN.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.server.on('connection', (socket: Socket) => {
      const limit = setTimeout(() => socket.destroy(), DIALOGUE_LIMIT_MS);
      socket.once('close', () => clearTimeout(limit));
    });
    // A client that breaks off its dialogue is no fault of ours.
    server.on('error', (error: Error) => this.logger.debug(error.message));
    this.server = server;
    this.logger.log(`reports of mail servers are taken at ${addressOf(server)}`);
  }

  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (server) await new Promise<void>((resolve) => server.close(resolve));
  }

  private create(domain: string): SMTPServer {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, callback) =>
      void this.answer(this.refusalOf(address, domain), callback);
    const onData: SMTPServerOptions['onData'] = (stream, { envelope }, callback) =>
      void this.answer(this.take(stream, envelope.rcptTo[0]!.address, domain), callback);
    return new SMTPServer({
      name: domain,
      size: MAX_BYTES,
      rejectOversized: true,
      maxClients: MAX_CONNECTIONS,
      maxRecipients: 1,
      socketTimeout: IDLE_TIMEOUT_MS,
      closeTimeout: CLOSE_TIMEOUT_MS,
      authOptional: true,
      // It has no certificate of its own, and the one of the library is no secret.
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      onMailFrom,
      onRcptTo,
      onData,
    });
  }

  /** @param refused never rejects */
  private async answer(
    refused: Promise<Error | undefined>,
    callback: (error: Error | null) => void,
  ): Promise<void> {
    callback((await refused) ?? null);
  }

  private async refusalOf(address: string, domain: string): Promise<Error | undefined> {
    const found = await this.find(address, domain);
    return 'refused' in found ? found.refused : undefined;
  }

  private async find(
    address: string,
    domain: string,
  ): Promise<{ mail: ReportedMail } | { refused: Error }> {
    try {
      const mail = await this.intake.find(address, domain);
      return mail ? { mail } : { refused: refusal(UNKNOWN) };
    } catch (error) {
      return { refused: this.later(error) };
    }
  }

  /** Answers with the refusal, if it is one. */
  private async take(
    stream: SMTPServerDataStream,
    address: string,
    domain: string,
  ): Promise<Error | undefined> {
    try {
      const raw = await contentOf(stream);
      // It was good when the recipient was named.
      const found = await this.find(address, domain);
      if ('refused' in found) return found.refused;
      if (raw) await this.intake.take(found.mail, raw);
      return undefined;
    } catch (error) {
      return this.later(error);
    }
  }

  private later(error: unknown): Error {
    this.logger.warn(`a report was not taken: ${(error as Error).message}`);
    return refusal(LATER);
  }
}

const onMailFrom: SMTPServerOptions['onMailFrom'] = ({ address }, _session, callback) =>
  callback(address === '' ? null : refusal(REPORTS_ONLY));

/** The whole message; undefined when it is too long, which the server answers itself. */
async function contentOf(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>)
    if (!stream.sizeExceeded) chunks.push(chunk);
  return stream.sizeExceeded ? undefined : Buffer.concat(chunks);
}

const refusal = ({ responseCode, text }: { responseCode: number; text: string }) =>
  Object.assign(new Error(text), { responseCode });

function addressOf({ server }: SMTPServer): string {
  const address = server.address();
  return typeof address === 'object' && address ? `${address.address}:${address.port}` : '';
}
