import { Injectable } from '@nestjs/common';
import { headersWithId, MailIds, returnPath, type MailIdentity } from '#libs/mail-feedback';
import { EmailWorkerConfig } from '../email-worker.config.js';

/** By what a mail is known again when somebody says what has become of it. */
export interface MailMarks {
  readonly headers: Readonly<Record<string, string>>;
  /** Where reports of mail servers go; undefined: to the sender's address. */
  readonly returnPath?: string;
}

/** Marks mails with their signed id, in the way of the one who hands them on. */
@Injectable()
export class MarkMails {
  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly ids: MailIds,
  ) {}

  marksOf(mail: MailIdentity): MailMarks {
    const { MAIL_PROVIDER, BOUNCE_DOMAIN } = this.config;
    if (MAIL_PROVIDER === 'none' && BOUNCE_DOMAIN === undefined) return { headers: {} };
    const id = this.ids.sign(mail);
    return {
      headers: headersWithId(MAIL_PROVIDER, id),
      ...(BOUNCE_DOMAIN !== undefined && { returnPath: returnPath(id, BOUNCE_DOMAIN) }),
    };
  }
}
