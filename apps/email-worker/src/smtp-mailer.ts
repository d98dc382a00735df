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

// Together they stay below the handler's time, so that a dialogue ends before its lease does.
const CONNECT_TIMEOUT_MS = 5_000;
const GREETING_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 15_000;

/** Sends mail over pooled SMTP connections. */
@Injectable()
export class SmtpMailer implements OnApplicationShutdown {
  private readonly transport: Transporter;

  constructor(private readonly config: EmailWorkerConfig) {
    this.transport = createTransport({
      url: config.SMTP_URL,
      pool: true,
      maxConnections: config.SMTP_POOL,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: GREETING_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      // A mail is text that we made: it never reads files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Resolves once the server has accepted the mail. @throws nodemailer's error; see readSmtpError */
  async send({ to, ...mail }: Mail): Promise<void> {
    // As an object, so that nothing in the address can make two recipients of it.
    await this.transport.sendMail({
      ...mail,
      from: this.config.MAIL_FROM,
      to: { name: '', address: to },
    });
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}
