import { Injectable, Logger } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { EmailWorkerConfig } from './email-worker.config.js';
import { MessageLog, type MailKey } from './message-log.js';
import { readSmtpError } from './smtp-errors.js';
import { SmtpDialogueError, SmtpMailer, type Mail } from './smtp-mailer.js';

const meter = metrics.getMeter('usher.email');
const sent = meter.createCounter('usher_emails_sent', {
  description: 'Mails that the mail server has accepted',
});
const possibleDuplicates = meter.createCounter('usher_email_possible_duplicates', {
  description: 'Mails sent again because the end of an earlier SMTP dialogue is unknown',
});
possibleDuplicates.add(0);

/** The mail, and the request that it goes back to. */
type MailOrigin = MailKey & { readonly correlationId: string };

/**
 * Sends a mail at least once, and a second time only when an earlier SMTP dialogue broke off, or the
 * process died, between the server's acceptance and the record of it. SMTP allows no better.
 */
@Injectable()
export class OneTimeMailer {
  private readonly logger = new Logger(OneTimeMailer.name);

  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly log: MessageLog,
    private readonly smtp: SmtpMailer,
  ) {}

  /** @throws PermanentError, DependencyUnavailableError, or an Error to be tried again */
  async send(
    { correlationId, ...key }: MailOrigin,
    mail: Omit<Mail, 'messageId' | 'correlationId'>,
    signal: AbortSignal,
  ): Promise<void> {
    const messageId = this.messageId(key);
    const earlier = await this.log.begin(key, messageId);
    if (earlier === 'already-sent') return;
    if (earlier === 'maybe-sent') {
      possibleDuplicates.add(1);
      this.logger.warn({
        ...key,
        correlationId,
        msg: 'an earlier attempt may have sent this mail already',
      });
    }
    try {
      await this.smtp.send({ ...mail, messageId, correlationId }, signal);
    } catch (failure) {
      if (!(failure instanceof SmtpDialogueError)) throw failure;
      const { error, maybeSent } = readSmtpError(failure.cause, failure.handedOver);
      if (!maybeSent) await this.log.markNotSent(key);
      throw error;
    }
    sent.add(1, { template: key.template });
    await this.log.markSent(key);
  }

  /** The same for every attempt, so that a mail server or reader can tell a repetition. */
  private messageId({ eventId, template }: MailKey): string {
    const domain = /@([^\s<>@]+)>?$/.exec(this.config.MAIL_FROM)?.[1] ?? 'localhost';
    return `<${eventId}.${template}@${domain}>`;
  }
}
