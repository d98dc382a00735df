import { Injectable, Logger } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { EmailWorkerConfig } from './email-worker.config.js';
import { MessageLog, type MailKey } from './message-log.js';
import { MailRefusalError, MailServerRefusalError, MaybeSentError } from './smtp-errors.js';
import { SmtpMailer, type Mail } from './smtp-mailer.js';
import { REFUSAL_REASONS } from './smtp-replies.js';

const meter = metrics.getMeter('usher.email');
const sent = meter.createCounter('usher_emails_sent', {
  description: 'Mails that the mail server has accepted',
});
const possibleDuplicates = meter.createCounter('usher_email_possible_duplicates', {
  description: 'Mails sent again because the end of an earlier SMTP dialogue is unknown',
});
possibleDuplicates.add(0);
const refusals = meter.createCounter('usher_email_refusals', {
  description: 'Answers by which the mail server refuses us, not a mail',
});
for (const reason of REFUSAL_REASONS) refusals.add(0, { reason });

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

  /** @throws PermanentError, DependencyUnavailableError, or MaybeSentError, which is tried again */
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
      const isRefusal =
        failure instanceof MailServerRefusalError || failure instanceof MailRefusalError;
      if (isRefusal && failure.reason) refusals.add(1, { reason: failure.reason });
      if (!(failure instanceof MaybeSentError)) await this.log.markNotSent(key);
      throw failure;
    }
    sent.add(1, { template: key.template });
    await this.log.markSent(key);
  }

  /** The same for every attempt, so that a mail server or reader can tell a repetition. */
  private messageId({ eventId, template }: MailKey): string {
    const { address } = this.config.MAIL_FROM;
    return `<${eventId}.${template}@${address.slice(address.lastIndexOf('@') + 1)}>`;
  }
}
