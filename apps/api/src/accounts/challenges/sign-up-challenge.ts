import { Injectable } from '@nestjs/common';
import type { Sql } from '#libs/database';
import { ApiConfig } from '../../api.config.js';
import { MailBudgets, type StrangersMail } from '../mail-budgets/mail-budgets.js';
import { ChallengeDesk } from './challenge-desk.js';
import type { SolvedChallenge } from './challenges.js';
import { isDisposable } from './disposable-domains.js';

/** A sign-up cannot be charged. Rolls its transaction back, and never leaves the use case. */
export class ChargeRefusedError extends Error {
  override name = 'ChargeRefusedError';

  constructor(readonly reason: 'challenge-spent' | 'budget-used-up') {
    super(reason);
  }
}

/** Decides whether a sign-up has to solve a challenge, and charges the budgets of the mail that it causes. */
@Injectable()
export class SignUpChallenge {
  constructor(
    private readonly config: ApiConfig,
    private readonly budgets: MailBudgets,
    private readonly desk: ChallengeDesk,
  ) {}

  /**
   * Before the password is hashed. Answers the challenge that was solved, if one was.
   * @param isRepeated whether this request was accepted before, so that it needs none
   * @throws Problem `challenge_required`, `invalid_challenge`
   */
  async admit(
    sql: Sql,
    mail: StrangersMail,
    solution: string | undefined,
    isRepeated: () => Promise<boolean>,
  ): Promise<SolvedChallenge | undefined> {
    if (this.config.CHALLENGE === 'none') return undefined;
    if (solution !== undefined) return this.desk.check(solution);
    const isNeeded = this.isAlwaysNeeded(mail) || !(await this.budgets.haveRoom(sql, mail));
    if (isNeeded && !(await isRepeated())) throw await this.desk.required();
    return undefined;
  }

  /**
   * The last thing in the transaction of a sign-up, which must be rolled back when this answers an error. All
   * statements are sent at once, so that it is one round trip with those before.
   */
  async charge(
    transaction: Sql,
    mail: StrangersMail,
    solved: SolvedChallenge | undefined,
  ): Promise<ChargeRefusedError | undefined> {
    const [isUnspent, isCharged] = await Promise.all([
      !solved || this.desk.spend(transaction, solved),
      this.budgets.charge(transaction, mail, solved ? 'anyway' : 'within'),
    ]);
    if (!isUnspent) return new ChargeRefusedError('challenge-spent');
    return isCharged ? undefined : new ChargeRefusedError('budget-used-up');
  }

  /** The problem that a {@link ChargeRefusedError} becomes once its transaction has ended; any other error as it is. */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof ChargeRefusedError)) return error;
    return error.reason === 'challenge-spent' ? this.desk.invalid() : this.desk.required();
  }

  /** The sign-up is committed. */
  signedUp(solved: SolvedChallenge | undefined): void {
    if (solved) this.desk.noteSolved();
  }

  private isAlwaysNeeded({ email }: StrangersMail): boolean {
    const { CHALLENGE_WHEN, DISPOSABLE_DOMAINS } = this.config;
    return (
      CHALLENGE_WHEN === 'always' || (DISPOSABLE_DOMAINS === 'challenge' && isDisposable(email))
    );
  }
}
