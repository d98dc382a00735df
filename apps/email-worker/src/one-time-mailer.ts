import { Injectable, Logger } from '@nestjs/common';
import type { CloudEvent, Delivery } from '#libs/messaging';
import { metrics } from '@opentelemetry/api';
import { MarkMails } from './feedback/mark-mails.js';
import { Refusals } from './feedback/refusals.js';
import { MessageLog, type MailKey } from './message-log.js';
import { MailRate } from './rate/mail-rate.js';
import { asksForFewer } from './rate/throttling.js';
import {
  MailRefusalError,
  MailServerRefusalError,
  MaybeSentError,
  replyIn,
  UndeliverableError,
} from './smtp-errors.js';
import { SmtpMailer, type MailContent } from './smtp-mailer.js';
import { REFUSAL_REASONS } from './smtp-replies.js';

const meter = metrics.getMeter('usher.email');
const sent = meter.createCounter('usher_emails_sent', {
  description: 'Mails that the mail server has accepted',
});
sent.add(0);
const possibleDuplicates = meter.createCounter('usher_email_possible_duplicates', {
  description: 'Mails sent again because the end of an earlier SMTP dialogue is unknown',
});
possibleDuplicates.add(0);
const serverRefusals = meter.createCounter('usher_email_refusals', {
  description: 'Answers by which the mail server refuses us, not a mail',
});
for (const reason of REFUSAL_REASONS) serverRefusals.add(0, { reason });

const suppressed = meter.createCounter('usher_mail_suppressed', {
  description: 'Mails that were not sent because the address gets none',
});
suppressed.add(0);

/** The mail, who sends it about whom, and the request that it goes back to. */
export type MailOrigin = MailKey & {
  readonly consumer: string;
  readonly userId: string;
  readonly correlationId: string;
  readonly isAskedFor: boolean;
};

/** The origin of a mail that is sent for an event. */
export const originOf = (
  { template, isAskedFor = false }: { readonly template: string; readonly isAskedFor?: boolean },
  event: CloudEvent<{ readonly userId: string }>,
  { consumer }: Pick<Delivery, 'consumer'>,
): MailOrigin => ({
  eventId: event.id,
  template,
  consumer,
  userId: event.data.userId,
  correlationId: event.correlationid,
  isAskedFor,
});

/**
 * Sends a mail at least once, and a second time only when an earlier SMTP dialogue broke off, or the
 * process died, between the server's acceptance and the record of it. SMTP allows no better.
 */
@Injectable()
export class OneTimeMailer {
  private readonly logger = new Logger(OneTimeMailer.name);

  constructor(
    private readonly log: MessageLog,
    private readonly rate: MailRate,
    private readonly smtp: SmtpMailer,
    private readonly marks: MarkMails,
    private readonly refusals: Refusals,
  ) {}

  /**
   * Sends nothing to an address that gets no mail. A mailbox that does not exist is a bounce, and no failure.
   * @throws PermanentError, DependencyUnavailableError, PostponedError, or MaybeSentError, which is tried again
   */
  async send(origin: MailOrigin, mail: MailContent, signal: AbortSignal): Promise<void> {
    const { eventId, template, correlationId, consumer } = origin;
    const recipient = mail.to;
    const marks = this.marks.marksOf({ eventId, consumer, recipient, template });
    const details = { ...origin, recipient, messageId: marks.messageId };
    await this.rate.wait(origin, details, signal);
    const beginning = await this.log.begin(origin, details);
    if (beginning === 'suppressed') suppressed.add(1);
    if (beginning === 'suppressed' || beginning === 'already-sent') return;
    if (beginning === 'maybe-sent') {
      possibleDuplicates.add(1);
      this.logger.warn({
        eventId,
        template,
        correlationId,
        msg: 'an earlier attempt may have sent this mail already',
      });
    }
    try {
      await this.smtp.send({ ...mail, ...marks, correlationId }, signal);
    } catch (failure) {
      await this.settle(origin, recipient, failure);
      return;
    }
    sent.add(1, { template });
    await this.log.markSent(origin);
  }

  private async settle(origin: MailOrigin, recipient: string, failure: unknown): Promise<void> {
    if (failure instanceof UndeliverableError) {
      await this.refusals.keep(origin, recipient, failure.bounce);
      if (failure.bounce.bounce === 'hard') return;
      throw failure;
    }
    const reply = replyIn(failure);
    if (reply && asksForFewer(reply.code, reply.text)) await this.rate.slowDown(reply.text);
    const isRefusal =
      failure instanceof MailServerRefusalError || failure instanceof MailRefusalError;
    if (isRefusal && failure.reason) serverRefusals.add(1, { reason: failure.reason });
    if (!(failure instanceof MaybeSentError)) await this.log.markNotSent(origin);
    throw failure;
  }
}
