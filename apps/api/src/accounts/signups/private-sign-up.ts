import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { DeferredRequests } from '../deferred-requests/deferred-requests.js';
import type { Client } from '../../http/client.js';
import { AddressTurns } from '../passwords/hash-queue.js';
import type { Admission } from '../admission/admission.js';
import { SignUpLine } from '../admission/sign-up-line.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { SIGN_UP } from './open-account.js';
import { IdempotencyMismatchError } from './signups.errors.js';
import type { SignUpBody } from './signups.schema.js';

/**
 * `SIGNUP_MODE=private`: hashes the password and writes the request down, whether or not its address has
 * an account; who is told what is decided afterwards, by mail. The Idempotency-Key stands for the request,
 * not for an account: a repetition is not written down again.
 */
@Injectable()
export class PrivateSignUp {
  private readonly turns = new AddressTurns();

  constructor(
    private readonly database: Database,
    private readonly line: SignUpLine,
    private readonly keys: IdempotencyKeys,
    private readonly requests: DeferredRequests,
  ) {}

  /** Answers whether the key had been used for this request before. @throws IdempotencyMismatchError, Problem `overloaded` */
  async execute(
    body: SignUpBody,
    client: Client,
    key?: string,
    admission?: Admission,
  ): Promise<{ replayed: boolean }> {
    const { password, ...account } = body;
    const passwordHash = await this.turns.run(body.email, () =>
      this.line.hash(password, admission),
    );
    const accepted = await this.database.transaction(async (transaction) => {
      if (key !== undefined && !(await this.keys.take(transaction, key, null, body))) return false;
      const request = { account: { ...account, passwordHash } };
      await this.requests.accept(SIGN_UP, request, client, transaction);
      return true;
    });
    if (accepted) return { replayed: false };
    const used = await this.keys.find(key!);
    if (!used || !this.keys.matches(used, body)) throw new IdempotencyMismatchError();
    return { replayed: true };
  }
}
