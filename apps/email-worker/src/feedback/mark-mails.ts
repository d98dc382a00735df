import { Injectable } from '@nestjs/common';
import { headersWithId, MailIds, returnPath, type MailIdentity } from '#libs/mail-feedback';
import { EmailWorkerConfig } from '../email-worker.config.js';

/** By what a mail is known again, by readers and by those who say what has become of it. */
export interface MailMarks {
  /** The same for every attempt, so that a mail server or reader can tell a repetition. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where reports of mail servers go; undefined: to the sender's address. */
  readonly returnPath?: string;
}

/** Marks mails with their message id, and with their signed id in the way of the one who hands them on. */
@Injectable()
export class MarkMails {
  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly ids: MailIds,
  ) {}

  marksOf(mail: MailIdentity & { readonly template: string }): MailMarks {
    const { MAIL_FROM, MAIL_PROVIDER, BOUNCE_DOMAIN } = this.config;
    const domain = MAIL_FROM.address.slice(MAIL_FROM.address.lastIndexOf('@') + 1);
    const messageId = `<${mail.eventId}.${mail.template}@${domain}>`;
    if (MAIL_PROVIDER === 'none' && BOUNCE_DOMAIN === undefined) return { messageId, headers: {} };
    const id = this.ids.sign(mail);
    return {
      messageId,
      headers: headersWithId(MAIL_PROVIDER, id),
      ...(BOUNCE_DOMAIN !== undefined && { returnPath: returnPath(id, BOUNCE_DOMAIN) }),
    };
  }
}
