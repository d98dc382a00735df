import { Injectable } from '@nestjs/common';
import { emailVerificationRequested, passwordResetRequested } from '#libs/contracts';
import {
  deferredKind,
  DeferredRequests,
  type DeferredKind,
} from '../deferred-requests/deferred-requests.js';
import { MailRequests } from '../mail-budgets/mail-requests.js';
import { findOwner, type AddressOwner } from './address-owner.js';
import { OwnerMail } from './owner-mail.js';

type MailRequest = { readonly email: string };

/** Somebody asked for another verification link. */
export const VERIFICATION_RESEND = deferredKind<MailRequest>('verification-resend');

/** Somebody asked for a link to choose a new password. */
export const PASSWORD_RESET = deferredKind<MailRequest>('password-reset');

/** Asks for the mails that somebody has requested, if the address has an account that needs one. */
@Injectable()
export class RequestedMails {
  constructor(mail: OwnerMail, requests: DeferredRequests, mailRequests: MailRequests) {
    const send = (
      kind: DeferredKind<MailRequest>,
      event: typeof emailVerificationRequested | typeof passwordResetRequested,
      needsOne: (owner: AddressOwner) => boolean,
    ) =>
      requests.handle(kind, async (transaction, { email }, { requestId, network }) => {
        const owner = await findOwner(transaction, email);
        if (!owner || !needsOne(owner)) return;
        const isSent = await mail.ask(transaction, event, owner, requestId);
        if (isSent) await mailRequests.queued(transaction, { email, network });
      });
    send(VERIFICATION_RESEND, emailVerificationRequested, ({ emailVerified }) => !emailVerified);
    send(PASSWORD_RESET, passwordResetRequested, () => true);
  }
}
