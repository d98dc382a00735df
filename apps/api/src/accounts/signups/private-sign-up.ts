import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { DeferredRequests } from '../deferred-requests/deferred-requests.js';
import type { Client } from '../../http/client.js';
import { AddressTurns } from '../passwords/hash-queue.js';
import type { Admission } from '../admission/admission.js';
import { SignUpLine } from '../admission/sign-up-line.js';
import type { SolvedChallenge } from '../challenges/challenges.js';
import { SignUpChallenge } from '../challenges/sign-up-challenge.js';
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
    private readonly challenge: SignUpChallenge,
  ) {}

  /** Answers whether the key had been used for this request before. @throws IdempotencyMismatchError, Problem `challenge_required`, `invalid_challenge`, `overloaded` */
  async execute(
    body: SignUpBody,
    client: Client,
    key?: string,
    admission?: Admission,
  ): Promise<{ replayed: boolean }> {
    const { password, challenge, ...account } = body;
    const mail = { email: body.email, network: client.network };
    let solved: SolvedChallenge | undefined;
    const passwordHash = await this.turns.run(body.email, () =>
      this.line.hash(password, admission, async () => {
        solved = await this.challenge.admit(
          this.database,
          mail,
          challenge,
          async () => key !== undefined && (await this.keys.find(key)) !== undefined,
        );
      }),
    );
    const accept = async (transaction: Transaction) => {
      if (key !== undefined && !(await this.keys.take(transaction, key, null, body))) return false;
      const request = { account: { ...account, passwordHash } };
      await this.requests.accept(SIGN_UP, request, client, transaction);
      // Whatever becomes of it: otherwise a budget would show whether an address has an account.
      const refusal = await this.challenge.charge(transaction, mail, solved);
      if (refusal) throw refusal;
      return true;
    };
    const accepted = await this.database.transaction(accept).catch(async (error: unknown) => {
      throw await this.challenge.explain(error);
    });
    if (accepted) this.challenge.signedUp(solved);
    if (accepted) return { replayed: false };
    const used = await this.keys.find(key!);
    if (!used || !this.keys.matches(used, body)) throw new IdempotencyMismatchError();
    return { replayed: true };
  }
}
