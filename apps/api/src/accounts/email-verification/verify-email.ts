import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { readLinkToken, verifyLinkToken, type LinkClaims } from '#libs/link-tokens';
import { currentTime, Messaging } from '#libs/messaging';
import { ApiConfig } from '../../api.config.js';
import type { Client } from '../../http/client.js';
import { Problem } from '../../http/problem.js';
import { findOwner } from '../users/address-owner.js';
import { AddressVerified } from './address-verified.js';

/** Verifies an address by the link in a mail. A link that has done its work may be used again: nothing changes. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly config: ApiConfig,
    private readonly database: Database,
    private readonly messaging: Messaging,
    private readonly address: AddressVerified,
  ) {}

  /**
   * @returns `replayed`: the address was verified before, by this link or in another way; then the link may
   * have expired since
   * @throws Problem `invalid_token`
   */
  async execute(token: string, { requestId }: Client): Promise<{ replayed: boolean }> {
    const { LINK_SIGNING_KEY } = this.config;
    const now = () => currentTime(this.messaging, this.database);
    const valid = await verifyLinkToken(LINK_SIGNING_KEY, 'email-verification', token, now);
    const isNew =
      valid &&
      (await this.database.transaction((transaction) =>
        this.address.write(transaction, valid, requestId),
      ));
    if (isNew) return { replayed: false };
    const former = await readLinkToken(LINK_SIGNING_KEY, 'email-verification', token);
    if (former && (await this.isVerified(former))) return { replayed: true };
    throw new Problem('invalid_token');
  }

  private async isVerified({ userId, email }: LinkClaims): Promise<boolean> {
    const owner = await findOwner(this.database, email);
    return owner?.userId === userId && owner.emailVerified;
  }
}
