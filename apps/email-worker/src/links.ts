import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { signLinkToken, type LinkClaims, type LinkPurpose } from '#libs/link-tokens';
import { clockAheadMs, Messaging } from '#libs/messaging';
import { EmailWorkerConfig } from './email-worker.config.js';

type PagePurpose = Exclude<LinkPurpose, 'unsubscribe'>;

const PAGES: Record<PagePurpose, string> = {
  'email-verification': 'verify-email',
  'password-reset': 'reset-password',
  'email-change': 'change-email',
  'email-change-undo': 'keep-email',
};

/** Makes the links in mails: below `PUBLIC_URL`, which no request can change. */
@Injectable()
export class Links {
  constructor(
    private readonly config: EmailWorkerConfig,
    private readonly messaging: Messaging,
    private readonly database: Database,
  ) {}

  /** The person's own page. */
  get account(): string {
    return `${this.config.PUBLIC_URL}/`;
  }

  /**
   * A link to a page, the token in the fragment, which no server ever sees.
   * @param issuedAt the event's time: a repeated mail carries the same link, unless the clock was moved on meanwhile
   */
  async make(purpose: PagePurpose, claims: LinkClaims, issuedAt: string): Promise<string> {
    const { LINK_SIGNING_KEY, PUBLIC_URL } = this.config;
    const at = await this.onTheClock(issuedAt);
    const token = await signLinkToken(LINK_SIGNING_KEY, purpose, claims, at);
    return `${PUBLIC_URL}/${PAGES[purpose]}#token=${token}`;
  }

  /** A link that ends optional mails. The token is in the path: a mail program posts to the address as it is. */
  async unsubscribe(userId: string, issuedAt: string): Promise<string> {
    const { LINK_SIGNING_KEY, PUBLIC_URL } = this.config;
    const at = await this.onTheClock(issuedAt);
    const token = await signLinkToken(LINK_SIGNING_KEY, 'unsubscribe', { userId }, at);
    return `${PUBLIC_URL}/unsubscribe/${token}`;
  }

  /** An event's time is the server's; what expires goes by the clock that decides deadlines. */
  private async onTheClock(time: string): Promise<Date> {
    return new Date(Date.parse(time) + (await clockAheadMs(this.messaging, this.database)));
  }
}
