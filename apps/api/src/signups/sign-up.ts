import { Injectable } from '@nestjs/common';
import { userRegistered } from '#libs/contracts';
import { Database, violatedUniqueConstraint, type Transaction } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import { v7 as uuidv7 } from 'uuid';
import type { Client } from '../http/client.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from '../me/user.js';
import { SessionStore, type NewSession } from '../sessions/session-store.js';
import { AddressTurns } from './hash-queue.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { PasswordHasher } from './password-hasher.js';
import {
  EmailTakenError,
  IdempotencyKeyUsedError,
  IdempotencyMismatchError,
} from './signups.errors.js';
import type { SignUpBody } from './signups.schema.js';

export interface SignUpResult {
  readonly user: User;
  readonly session: NewSession;
  /** The Idempotency-Key had made this account before. */
  readonly replayed: boolean;
}

/**
 * Saves a new account. The password is hashed first; then one transaction holds the idempotency key, the
 * user, the session and the event, so that there is no account without its follow-ups, and no follow-up
 * without its account. The unique index is the judge of a taken address.
 */
@Injectable()
export class SignUp {
  private readonly turns = new AddressTurns();

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionStore,
    private readonly keys: IdempotencyKeys,
  ) {}

  /** @throws EmailTakenError, IdempotencyMismatchError, Problem `overloaded` */
  async execute(body: SignUpBody, client: Client, key?: string): Promise<SignUpResult> {
    try {
      return await this.turns.run(body.email, () => this.create(body, client, key));
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
  ): Promise<SignUpResult> {
    const passwordHash = await this.hasher.hash(body.password, () => this.refuseTaken(body.email));
    const userId = uuidv7();
    const event = createEvent(
      userRegistered,
      {
        userId,
        email: body.email,
        displayName: body.displayName,
        interests: body.interests,
        interestsVersion: 1,
        locale: body.locale,
        country: body.country,
      },
      { source: 'api', subject: userId, correlationId: client.requestId },
    );
    return this.database.transaction(async (transaction) => {
      if (key !== undefined && !(await this.keys.take(transaction, key, userId, body))) {
        throw new IdempotencyKeyUsedError();
      }
      const user = await insertUser(transaction, body, {
        userId,
        passwordHash,
        registrationEventId: event.id,
      });
      const session = await this.sessions.begin(userId, client.userAgent, transaction);
      await this.outbox.append(transaction, event);
      return { user, session, replayed: false };
    });
  }

  /** Spares the hash; whoever slips past is stopped by the unique index. */
  private async refuseTaken(email: string): Promise<void> {
    const taken = await this.database.query('SELECT 1 FROM accounts.users WHERE email = $1', [
      email,
    ]);
    if (taken.length > 0) throw new EmailTakenError();
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
    const [row] = await this.database.query<UserRow & { password_hash: string }>(
      `SELECT ${USER_COLUMNS}, password_hash FROM accounts.users WHERE id = $1`,
      [used.userId],
    );
    const fits = row && this.keys.matches(used, body);
    if (!fits || !(await this.hasher.verify(row.password_hash, body.password))) {
      throw new IdempotencyMismatchError();
    }
    const session = await this.sessions.begin(row.id, client.userAgent);
    return { user: toUser(row), session, replayed: true };
  }
}

async function insertUser(
  transaction: Transaction,
  body: SignUpBody,
  ids: { userId: string; passwordHash: string; registrationEventId: string },
): Promise<User> {
  try {
    const [row] = await transaction.query<UserRow>(
      `INSERT INTO accounts.users (id, email, display_name, password_hash, interests, locale, country,
                                   registration_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       RETURNING ${USER_COLUMNS}`,
      [
        ids.userId,
        body.email,
        body.displayName,
        ids.passwordHash,
        body.interests,
        body.locale,
        body.country ?? null,
        ids.registrationEventId,
      ],
    );
    return toUser(row!);
  } catch (error) {
    if (violatedUniqueConstraint(error) === 'users_email_unique') throw new EmailTakenError();
    throw error;
  }
}
