import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#libs/database';
import { v7 as uuidv7 } from 'uuid';
import type { Client } from '../../http/client.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from '../users/user.js';
import { AddressTurns } from '../passwords/hash-queue.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import type { Admission } from '../admission/admission.js';
import { SignUpLine } from '../admission/sign-up-line.js';
import type { SolvedChallenge } from '../challenges/challenges.js';
import { SignUpChallenge } from '../challenges/sign-up-challenge.js';
import { SessionStore, type NewSession } from '../sessions/session-store.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { OpenAccount } from './open-account.js';
import { EmailTakenError } from '../users/email-taken.error.js';
import { IS_TAKEN } from '../users/taken-address.js';
import { IdempotencyKeyUsedError, IdempotencyMismatchError } from './signups.errors.js';
import type { SignUpBody } from './signups.schema.js';

export interface SignUpResult {
  readonly user: User;
  readonly session: NewSession;
  /** The Idempotency-Key had made this account before. */
  readonly replayed: boolean;
}

/**
 * `SIGNUP_MODE=instant`: saves a new account and begins its first session. The password is hashed first;
 * then one transaction holds the idempotency key, the account with its event, and the session.
 */
@Injectable()
export class SignUp {
  private readonly turns = new AddressTurns();

  constructor(
    private readonly database: Database,
    private readonly accounts: OpenAccount,
    private readonly line: SignUpLine,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionStore,
    private readonly keys: IdempotencyKeys,
    private readonly challenge: SignUpChallenge,
  ) {}

  /** @throws EmailTakenError, IdempotencyMismatchError, Problem `challenge_required`, `invalid_challenge`, `overloaded` */
  async execute(
    body: SignUpBody,
    client: Client,
    key?: string,
    admission?: Admission,
  ): Promise<SignUpResult> {
    try {
      return await this.turns.run(body.email, () => this.create(body, client, key, admission));
    } catch (error) {
      const wasUsed = error instanceof IdempotencyKeyUsedError;
      if (key === undefined || !(wasUsed || error instanceof EmailTakenError)) throw error;
      const replayed = await this.replay(body, client, key);
      if (replayed) return replayed;
      throw wasUsed ? new IdempotencyMismatchError() : error;
    }
  }

  private async create(
    body: SignUpBody,
    client: Client,
    key: string | undefined,
    admission: Admission | undefined,
  ): Promise<SignUpResult> {
    let now!: Date;
    let solved: SolvedChallenge | undefined;
    const mail = { email: body.email, network: client.network };
    const passwordHash = await this.line.hash(body.password, admission, async () => {
      now = await this.refuseTaken(body.email);
      solved = await this.challenge.admit(this.database, mail, body.challenge, () =>
        this.isKnown(key),
      );
    });
    const userId = uuidv7();
    const credential = { userId, credentialVersion: FIRST_CREDENTIAL };
    const work = async (transaction: Transaction): Promise<SignUpResult> => {
      // One round trip: the statements follow each other on the connection, none waits for an answer.
      const [keyWasFree, user, session, refusal] = await Promise.all([
        key === undefined || this.keys.take(transaction, key, userId, body),
        this.accounts.write(transaction, { ...body, passwordHash }, client.requestId, now, userId),
        this.sessions.begin(credential, client.userAgent, transaction),
        this.challenge.charge(transaction, mail, solved),
      ]);
      if (!keyWasFree) throw new IdempotencyKeyUsedError();
      if (refusal) throw refusal;
      if (!session) throw new Error('the account that was just written is not there');
      return { user, session, replayed: false };
    };
    try {
      const result = await this.database.transaction(work);
      this.challenge.signedUp(solved);
      return result;
    } catch (error) {
      throw await this.challenge.explain(error);
    }
  }

  private async isKnown(key: string | undefined): Promise<boolean> {
    return key !== undefined && (await this.keys.find(key)) !== undefined;
  }

  /** Spares the hash of a taken address; the unique index stops what slips past. Answers the time. */
  private async refuseTaken(email: string): Promise<Date> {
    const [row] = await this.database.query<{ now: Date; isTaken: boolean }>(
      `SELECT messaging.now() AS now, ${IS_TAKEN} AS "isTaken"`,
      [email],
    );
    if (row!.isTaken) throw new EmailTakenError();
    return row!.now;
  }

  /**
   * The same account with a fresh session for whoever repeats the request, password included: the key
   * alone opens nothing, and a password that has been changed since does not fit any more.
   */
  private async replay(
    body: SignUpBody,
    client: Client,
    key: string,
  ): Promise<SignUpResult | undefined> {
    const used = await this.keys.find(key);
    if (!used) return undefined;
    const [row] = await this.database.query<
      UserRow & { password_hash: string; credential_version: number }
    >(
      `SELECT ${USER_COLUMNS}, password_hash, credential_version FROM accounts.users WHERE id = $1`,
      [used.userId],
    );
    const fits = row && this.keys.matches(used, body);
    if (!fits || !(await this.hasher.verify(row.password_hash, body.password))) {
      throw new IdempotencyMismatchError();
    }
    const credential = { userId: row.id, credentialVersion: row.credential_version };
    const session = await this.sessions.begin(credential, client.userAgent);
    if (!session) throw new IdempotencyMismatchError();
    return { user: toUser(row), session, replayed: true };
  }
}

/** The credential version of an account whose password was never changed. */
const FIRST_CREDENTIAL = 1;
