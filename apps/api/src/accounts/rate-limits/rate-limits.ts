import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { deriveKey } from '#libs/link-tokens';
import { ApiConfig } from '../../api.config.js';
import { RateLimiter } from './rate-limiter.js';
import type { Rate } from '#libs/service-defaults';

/** What each client network may do so often. */
export type ClientLimit = 'signup' | 'challenge' | 'login' | 'mail';

/** Who is counted when a log-in fails: nobody can lock out a person who comes from another network. */
export const failedLogIns = (address: string, { network }: { network: string }) =>
  `${address} ${network}`;

/** All limits, by what they count. */
@Injectable()
export class RateLimits {
  /** Requests by client network. */
  readonly ofClients: Readonly<Record<ClientLimit, RateLimiter>>;
  /** Mails of one kind by mailbox: many clients together must not flood it. */
  readonly ofRecipients: RateLimiter;
  /** Failed log-ins by account and client network. */
  readonly ofFailedLogIns: RateLimiter;

  constructor(config: ApiConfig, database: Database) {
    const hmacKey = deriveKey(config.LINK_SIGNING_KEY, 'rate limit');
    const limiter = (name: string, rate: Rate | 'off', blocksInMemory = true) =>
      new RateLimiter(database, hmacKey, { name, rate, blocksInMemory });
    this.ofClients = {
      signup: limiter('signup', config.RATE_LIMIT_SIGNUP),
      // A sign-up needs one at most.
      challenge: limiter('challenge', config.RATE_LIMIT_SIGNUP),
      login: limiter('login', config.RATE_LIMIT_LOGIN),
      mail: limiter('mail', config.RATE_LIMIT_MAIL),
    };
    this.ofRecipients = limiter('recipient', config.RATE_LIMIT_MAIL);
    this.ofFailedLogIns = limiter('account', config.RATE_LIMIT_ACCOUNT_LOGIN, false);
  }
}
