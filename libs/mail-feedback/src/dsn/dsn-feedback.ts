import { isSameAddress } from '../addresses.js';
import { classify } from '../classify.js';
import type { MailFeedback } from '../mail-feedback.js';
import type { Dsn } from './dsn.js';

/** The mail that the return path names. */
export interface ReportedMail {
  readonly id: string;
  /** Whom it was sent to. */
  readonly recipient: string;
  /** When the report arrived. */
  readonly at: Date;
}

/**
 * What a report says of a mail. Undefined when it names other recipients only, or nothing is decided: the
 * mail is delayed, or was handed on to a server that reports no more (RFC 3464, section 2.3.3).
 */
export function dsnFeedback(dsn: Dsn, mail: ReportedMail): MailFeedback | undefined {
  const { id, at } = mail;
  const recipient = mail.recipient.toLowerCase();
  for (const { address, originalAddress = address, action, status, diagnostic } of dsn.recipients) {
    const isMeant = isSameAddress(address, recipient) || isSameAddress(originalAddress, recipient);
    if (!isMeant) continue;
    if (action === 'delivered') return { kind: 'delivered', id, recipient, at };
    if (action !== 'failed') continue;
    return {
      kind: 'bounced',
      id,
      recipient,
      at,
      bounce: classify(status, undefined, diagnostic),
      ...(status && { status }),
      ...(diagnostic && { diagnostic }),
    };
  }
  return undefined;
}
