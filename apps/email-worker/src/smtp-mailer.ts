import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { EmailWorkerConfig } from './email-worker.config.js';

/** A mail to one recipient. */
export interface Mail {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const GREETING_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 15_000;

/** Sends mail over pooled SMTP connections. */
@Injectable()
export class SmtpMailer implements OnApplicationShutdown {
  private transport: Transporter;

  constructor(private readonly config: EmailWorkerConfig) {
    this.transport = this.connect();
  }

  /**
   * Resolves once the server has accepted the mail. When the signal fires, all dialogues are broken off:
   * a mail must not go out after its time is up.
   * @throws nodemailer's error; see readSmtpError
   */
  async send({ to, ...mail }: Mail, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const breakOff = () => this.reconnect();
    signal.addEventListener('abort', breakOff, { once: true });
    try {
      // As an object, so that nothing in the address can make two recipients of it.
      const recipient = { name: '', address: to };
      await this.transport.sendMail({ ...mail, from: this.config.MAIL_FROM, to: recipient });
    } finally {
      signal.removeEventListener('abort', breakOff);
    }
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }

  private reconnect(): void {
    const broken: { close(options: { force: boolean }): void } = this.transport;
    this.transport = this.connect();
    broken.close({ force: true });
  }

  private connect(): Transporter {
    return createTransport({
      url: this.config.SMTP_URL,
      pool: true,
      maxConnections: this.config.SMTP_POOL,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: GREETING_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      socketCloseTimeout: 0,
      // A mail is text that we made: it never reads files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
}
