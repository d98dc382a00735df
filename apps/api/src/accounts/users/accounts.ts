import { Injectable } from '@nestjs/common';
import { userInterestsChanged, type Locale } from '#libs/contracts';
import { Database } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import { notFound } from '../../http/problem.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from './user.js';

/** What a person may change about themselves. */
export interface ProfileChange {
  readonly displayName?: string | undefined;
  readonly interests?: readonly string[] | undefined;
  readonly locale?: Locale | undefined;
}

/** A person's own account: read, and changed together with the event that tells of it. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Problem `not_found` */
  async get(userId: string): Promise<User> {
    const [row] = await this.database.query<UserRow>(
      `SELECT ${USER_COLUMNS} FROM accounts.users WHERE id = $1`,
      [userId],
    );
    if (!row) throw notFound();
    return toUser(row);
  }

  /** Other interests raise their version and are announced in the same transaction. @throws Problem `not_found` */
  async change(userId: string, change: ProfileChange, client: Client): Promise<User> {
    return this.database.transaction(async (transaction) => {
      const [before] = await transaction.query<UserRow>(
        `SELECT ${USER_COLUMNS} FROM accounts.users WHERE id = $1 FOR UPDATE`,
        [userId],
      );
      if (!before) throw notFound();
      const interests = change.interests ?? before.interests;
      const interestsChanged = !sameSet(interests, before.interests);
      const [after] = await transaction.query<
        UserRow & { interests_version: number; country: string | null }
      >(
        `UPDATE accounts.users
            SET display_name = $2, locale = $3, interests = $4,
                interests_version = interests_version + $5::int, updated_at = now()
          WHERE id = $1
         RETURNING ${USER_COLUMNS}, interests_version, country`,
        [
          userId,
          change.displayName ?? before.display_name,
          change.locale ?? before.locale,
          interests,
          interestsChanged ? 1 : 0,
        ],
      );
      const user = after!;
      if (interestsChanged) {
        const event = createEvent(
          userInterestsChanged,
          {
            userId,
            interests: user.interests,
            interestsVersion: user.interests_version,
            locale: user.locale,
            country: user.country ?? undefined,
          },
          { source: 'api', subject: userId, correlationId: client.requestId },
        );
        await this.outbox.append(transaction, event);
      }
      return toUser(user);
    });
  }
}

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((tag) => b.includes(tag));
