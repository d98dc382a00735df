import { Injectable } from '@nestjs/common';
import { signLinkToken, type LinkClaims, type LinkPurpose } from '#libs/link-tokens';
import { EmailWorkerConfig } from './email-worker.config.js';

const PAGES: Record<LinkPurpose, string> = {
  'email-verification': 'verify-email',
  'password-reset': 'reset-password',
};

/** Makes the links in mails: below `PUBLIC_URL`, the token in the fragment, which no server ever sees. */
@Injectable()
export class Links {
  constructor(private readonly config: EmailWorkerConfig) {}

  /** @param issuedAt the event's time: a repeated mail carries the same link */
  async make(purpose: LinkPurpose, claims: LinkClaims, issuedAt: string): Promise<string> {
    const { LINK_SIGNING_KEY, PUBLIC_URL } = this.config;
    const token = await signLinkToken(LINK_SIGNING_KEY, purpose, claims, new Date(issuedAt));
    return `${PUBLIC_URL}/${PAGES[purpose]}#token=${token}`;
  }
}
