import { Injectable } from '@nestjs/common';
import { ApiConfig } from '../../api.config.js';
import type { Client } from '../../http/client.js';
import { mailboxOf } from '../mail-budgets/mailbox.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import { OwnPassword } from '../sessions/own-password.js';
import type { User } from '../users/user.js';
import { CorrectEmail } from './correct-email.js';
import { RequestEmailChange } from './request-email-change.js';

/**
 * Gives an account another address. With `SIGNUP_MODE=instant` one that was not verified is corrected at once; for all
 * else a link to the new address decides. In private mode every answer is the same.
 */
@Injectable()
export class ChangeEmail {
  constructor(
    private readonly config: ApiConfig,
    private readonly password: OwnPassword,
    private readonly limits: RateLimits,
    private readonly correct: CorrectEmail,
    private readonly request: RequestEmailChange,
  ) {}

  /**
   * Undefined when a link decides.
   * @throws EmailTakenError, Problem `invalid_credentials`, `rate_limited`, `overloaded`
   */
  async execute(
    userId: string,
    { email, password }: { readonly email: string; readonly password: string },
    client: Client,
  ): Promise<User | undefined> {
    const credentialVersion = await this.password.check(userId, password, client);
    await this.count(userId, email);
    const change = { userId, email, credentialVersion };
    if (this.config.SIGNUP_MODE === 'instant') {
      const corrected = await this.correct.execute(userId, email, credentialVersion, client);
      if (corrected) return corrected;
      await this.request.refuseTaken(change);
    }
    await this.request.accept(change, client);
    return undefined;
  }

  /** Before anybody looks at the address: otherwise a limit would show whether it has an account. */
  private async count(userId: string, email: string): Promise<void> {
    for (const subject of [`by ${userId}`, `to ${mailboxOf(email)}`])
      await this.limits.ofRecipients.consume(`change of address ${subject}`);
  }
}
