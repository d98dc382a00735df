import { Injectable } from '@nestjs/common';
import { userRegistered, userSignUpRepeated, type Locale } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { createEvent, currentTime, Messaging, Outbox } from '#libs/messaging';
import { v7 as uuidv7 } from 'uuid';
import { deferredKind, DeferredRequests } from '../deferred-requests/deferred-requests.js';
import { Journeys } from '../journeys/journeys.js';
import { findOwner } from '../users/address-owner.js';
import { EmailTakenError } from '../users/email-taken.error.js';
import { OwnerMail } from '../users/owner-mail.js';
import { isReserved } from '../users/taken-address.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from '../users/user.js';

/** An account to be, its password hashed already. */
export interface NewAccount {
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly interests: readonly string[];
  readonly locale: Locale;
  readonly country?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** A private sign-up. */
export const SIGN_UP = deferredKind<{ readonly account: NewAccount }>('sign-up');

/**
 * Writes an account together with the event that tells of it, in one transaction: no account without its
 * follow-ups, no follow-up without its account. The unique index is the judge of a taken address.
 */
@Injectable()
export class OpenAccount {
  constructor(
    private readonly messaging: Messaging,
    private readonly outbox: Outbox,
    private readonly journeys: Journeys,
    private readonly mail: OwnerMail,
    requests: DeferredRequests,
  ) {
    requests.handle(SIGN_UP, (transaction, { account }, { requestId }) =>
      this.orTellOwner(transaction, account, requestId),
    );
  }

  /**
   * @param now of the database, a moment ago: read before, so that this is one round trip
   * @throws EmailTakenError when the address has an account already; the transaction must not be committed then
   */
  async write(
    transaction: Transaction,
    account: NewAccount,
    requestId: string,
    now: Date,
    userId = uuidv7(),
  ): Promise<User> {
    const event = createEvent(
      userRegistered,
      {
        userId,
        email: account.email,
        displayName: account.displayName,
        interests: [...account.interests],
        interestsVersion: 1,
        locale: account.locale,
        country: account.country,
        timeZone: account.timeZone,
      },
      { source: 'api', subject: userId, correlationId: requestId },
    );
    const insertion = transaction.query<UserRow>(
      `INSERT INTO accounts.users (id, email, display_name, password_hash, interests, locale, country,
                                   time_zone, registration_event_id, steps, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, messaging.now()) ON CONFLICT (email) DO NOTHING
       RETURNING ${USER_COLUMNS}`,
      [
        userId,
        account.email,
        account.displayName,
        account.passwordHash,
        account.interests,
        account.locale,
        account.country ?? null,
        account.timeZone ?? null,
        event.id,
        this.messaging.stepsOf(event.type),
      ],
    );
    const traveller = { userId, timeZone: account.timeZone ?? null, createdAt: now };
    const [[row]] = await Promise.all([
      insertion,
      this.outbox.append(transaction, event),
      this.journeys.begin(transaction, traveller, requestId),
    ]);
    if (!row) throw new EmailTakenError();
    return toUser(row);
  }

  /** A private sign-up: when the address has an account already, its owner is told by mail, and nobody else. */
  private async orTellOwner(
    transaction: Transaction,
    account: NewAccount,
    requestId: string,
  ): Promise<void> {
    const owner = await findOwner(transaction, account.email);
    if (owner) return void (await this.mail.ask(transaction, userSignUpRepeated, owner, requestId));
    // It is reserved for an account that has another address by now, so no mail goes out.
    if (await isReserved(transaction, account.email)) return;
    const now = await currentTime(this.messaging, transaction);
    await this.write(transaction, account, requestId, now);
  }
}
