import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { MessagingConfig } from '#libs/messaging';
import { inSpan } from '#libs/service-defaults';
import { SpanKind } from '@opentelemetry/api';
import { createTransport, type Transporter } from 'nodemailer';
import { EmailWorkerConfig } from './email-worker.config.js';
import { smtpDefaults } from './smtp-url.js';

/** A mail to one recipient. */
export interface Mail {
  readonly messageId: string;
  /** The request that began it all: whoever reads the mail's headers finds the log lines. */
  readonly correlationId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * A server that cannot be reached, or does not greet, is to be told from one that is slow with a mail
 * before the handler's time is up: each gets this share of it, and so long at most.
 */
const REACH = { shareOfHandler: 0.25, atMostMs: 5_000 };
/** Longer than a handler's time: that is what ends a slow dialogue. RFC 5321, section 4.5.3.2. */
const IDLE_TIMEOUT_MS = 600_000;

/** Whether the whole mail has been written to the server. */
interface Handover {
  complete: boolean;
}

/** An SMTP dialogue that did not end in an acceptance; `cause` is nodemailer's error. */
export class SmtpDialogueError extends Error {
  constructor(
    readonly handedOver: boolean,
    override readonly cause: unknown,
  ) {
    super('the SMTP dialogue failed', { cause });
    this.name = 'SmtpDialogueError';
  }
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
  ) {
    this.transport = this.connect();
    this.server = { 'server.address': new URL(this.config.SMTP_URL).hostname };
  }

  /**
   * Resolves once the server has accepted the mail. When the signal fires, its dialogue is broken off, and
   * no other: a mail must not go out after its time is up.
   * @throws SmtpDialogueError
   */
  async send({ to, correlationId, ...mail }: Mail, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const handover: Handover = { complete: false };
    try {
      // As an object, so that nothing in the address can make two recipients of it.
      const recipient = { name: '', address: to };
      const message = {
        ...mail,
        from: this.config.MAIL_FROM,
        to: recipient,
        headers: { 'X-Correlation-ID': correlationId },
        handover,
        signal,
      };
      await inSpan('SMTP send', { kind: SpanKind.CLIENT, attributes: this.server }, () =>
        this.transport.sendMail(message),
      );
    } catch (cause) {
      throw new SmtpDialogueError(handover.complete, cause);
    }
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }

  private connect(): Transporter {
    const reachMs = Math.min(
      REACH.atMostMs,
      this.messaging.CONSUMER_HANDLER_TIMEOUT * REACH.shareOfHandler,
    );
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
    });
    // The mail is made while the dialogue begins; its end is read only once the server has asked for it.
    transport.use('stream', ({ data, message }, done) => {
      const { handover } = data as { handover?: Handover };
      const createReadStream = message.createReadStream.bind(message);
      message.createReadStream = (options) =>
        createReadStream(options).once('end', () => {
          if (handover) handover.complete = true;
        });
      done();
    });
    return transport;
  }
}
