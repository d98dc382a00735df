import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { verifyLinkToken, type LinkClaims } from '#libs/link-tokens';
import { currentTime, Messaging } from '#libs/messaging';
import { ApiConfig } from '../../api.config.js';
import { Problem } from '../../http/problem.js';

/** The link is altered or has expired, or what it was made for is no more so. */
export const invalidLink = () => new Problem('invalid_token', undefined, { status: 400 });

/** Reads the links of mails about a change of address. */
@Injectable()
export class EmailChangeLinks {
  constructor(
    private readonly config: ApiConfig,
    private readonly messaging: Messaging,
    private readonly database: Database,
  ) {}

  /** @throws Problem `invalid_token` */
  async read(purpose: 'email-change' | 'email-change-undo', token: string): Promise<LinkClaims> {
    const now = () => currentTime(this.messaging, this.database);
    const claims = await verifyLinkToken(this.config.LINK_SIGNING_KEY, purpose, token, now);
    if (!claims) throw invalidLink();
    return claims;
  }
}
