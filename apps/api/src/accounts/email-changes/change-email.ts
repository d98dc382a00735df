import { Injectable } from '@nestjs/common';
import { ApiConfig } from '../../api.config.js';
import type { Client } from '../../http/client.js';
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
    const change = { userId, email, credentialVersion };
    if (this.config.SIGNUP_MODE === 'instant') {
      const { requestId } = client;
      const corrected = await this.correct.execute(userId, email, credentialVersion, requestId);
      if (corrected) return corrected;
      await this.request.refuseTaken(change);
    }
    await this.request.accept(change, client);
    return undefined;
  }
}
