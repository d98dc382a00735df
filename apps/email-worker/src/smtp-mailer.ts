import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DependencyUnavailableError, MessagingConfig } from '#libs/messaging';
import { inSpan } from '#libs/service-defaults';
import { SpanKind } from '@opentelemetry/api';
import { createTransport, type Transporter } from 'nodemailer';
import { dkimOf } from './dkim.js';
import { EmailWorkerConfig } from './email-worker.config.js';
import type { MailMarks } from './feedback/mark-mails.js';
import { MailServerBreaker, type DialogueProgress } from './mail-server-breaker.js';
import { readSmtpError } from './smtp-errors.js';
import { smtpDefaults } from './smtp-url.js';

/** What a mail to one recipient says. */
export interface MailContent {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where the person ends such mails: a mail program shows a button for it (RFC 8058). */
  readonly endLink?: string;
}

/** A mail as it is handed over. */
export interface Mail
  extends MailContent, Pick<MailMarks, 'messageId'>, Partial<Omit<MailMarks, 'messageId'>> {
  /** The request that began it all: its log lines are found by the mail's headers. */
  readonly correlationId: string;
}

/** Within the time of a handler. The rest of it is for the answer to the whole mail: RFC 5321, section 4.5.3.2.6. */
const LIMITS = {
  /** Until a connection is set up: a server that is away is known soon. */
  reach: { share: 0.25, atMostMs: 5_000 },
  /** Until the server asks for the mail; nothing is sent before it does. */
  beforeMail: { share: 1 / 3 },
};
/** RFC 5321, section 4.5.3.2.6, asks for 10 minutes. */
const IDLE_TIMEOUT_MS = 600_000;

const notAsked = (milliseconds: number) =>
  `the mail server had not asked for the mail after ${milliseconds} ms`;

/** How far a dialogue has come, seen by what the transport does with the mail's text. */
interface Handover {
  /** Called when the text is fetched: the server has let us in. */
  readonly begun: () => void;
  /** Called when its first byte is read: the server has asked for it. */
  readonly asked: () => void;
  readonly progress: { loggedIn: boolean; complete: boolean };
}

/** Sends mail over pooled SMTP connections. */
@Injectable()
export class SmtpMailer implements OnApplicationShutdown {
  private readonly transport: Transporter;
  /** https://opentelemetry.io/docs/specs/semconv/attributes-registry/server/ */
  private readonly server: { 'server.address': string };

  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly messaging: MessagingConfig,
    private readonly breaker: MailServerBreaker,
  ) {
    this.transport = this.connect();
    this.server = { 'server.address': new URL(this.config.SMTP_URL).hostname };
  }

  /**
   * Resolves once the server has accepted the mail. When the signal fires, its dialogue is broken off, and
   * no other: a mail must not go out after its time is up.
   * @throws MaybeSentError when the mail may have been sent; after every other error it has not
   */
  async send(mail: Mail, signal: AbortSignal): Promise<void> {
    await this.breaker.run((progress) => this.converse(mail, signal, progress));
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }

  private async converse(mail: Mail, signal: AbortSignal, progress: DialogueProgress) {
    signal.throwIfAborted();
    const late = new AbortController();
    const beforeMailMs = this.share(LIMITS.beforeMail.share);
    const timer = setTimeout(() => late.abort(), beforeMailMs);
    const handover: Handover = {
      progress: { loggedIn: false, complete: false },
      begun: () => {
        handover.progress.loggedIn = true;
        progress.loggedIn();
      },
      asked: () => {
        clearTimeout(timer);
        progress.accepted();
      },
    };
    const { refused } = progress;
    try {
      await this.transmit(mail, handover, AbortSignal.any([signal, refused, late.signal]));
    } catch (error) {
      if (refused.aborted) throw refused.reason;
      if (late.signal.aborted) throw new DependencyUnavailableError(notAsked(beforeMailMs));
      throw readSmtpError(error, handover.progress);
    } finally {
      clearTimeout(timer);
    }
  }

  private async transmit(mail: Mail, handover: Handover, signal: AbortSignal): Promise<void> {
    const { to, correlationId, endLink, headers, returnPath, ...content } = mail;
    const message = {
      ...content,
      from: this.config.MAIL_FROM,
      // As an object, so that nothing in the address can make two recipients of it.
      to: { name: '', address: to },
      ...(returnPath !== undefined && { envelope: { from: returnPath, to } }),
      headers: { 'X-Correlation-ID': correlationId, ...oneClick(endLink), ...unfolded(headers) },
      handover,
      signal,
    };
    await inSpan('SMTP send', { kind: SpanKind.CLIENT, attributes: this.server }, () =>
      this.transport.sendMail(message),
    );
  }

  private share(share: number): number {
    return this.messaging.CONSUMER_EXTERNAL_TIMEOUT * share;
  }

  private connect(): Transporter {
    const reachMs = Math.min(LIMITS.reach.atMostMs, this.share(LIMITS.reach.share));
    const transport = createTransport({
      url: this.config.SMTP_URL,
      ...smtpDefaults(this.config.SMTP_URL, this.config.PUBLIC_URL),
      pool: true,
      maxConnections: this.config.SMTP_POOL,
      connectionTimeout: reachMs,
      greetingTimeout: reachMs,
      socketTimeout: IDLE_TIMEOUT_MS,
      socketCloseTimeout: 0,
      // A mail is text that we made: it never reads files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
      dkim: dkimOf(this.config),
    });
    // The mail is made while the dialogue begins; its end is read only once the server has asked for it.
    transport.use('stream', ({ data, message }, done) => {
      const { handover } = data as { handover?: Handover };
      const createReadStream = message.createReadStream.bind(message);
      message.createReadStream = (options) => {
        const stream = createReadStream(options);
        if (!handover) return stream;
        handover.begun();
        return stream
          .once('resume', handover.asked)
          .once('end', () => (handover.progress.complete = true));
      };
      done();
    });
    return transport;
  }
}

/** Each in one line, as long as it is: whoever reads it for a provider need not know how lines are folded. */
const unfolded = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { prepared: true, value }]),
  );

/** Only over HTTPS, as RFC 8058, section 3.1, asks. */
const oneClick = (endLink: string | undefined) =>
  endLink?.startsWith('https:')
    ? { 'List-Unsubscribe': `<${endLink}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {};
