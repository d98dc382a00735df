import { Injectable } from '@nestjs/common';
import { userInterestsChanged, userProfileChanged, type Locale } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { createEvent, Outbox } from '#libs/messaging';
import type { Client } from '../../http/client.js';
import { notFound } from '../../http/problem.js';
import { Journeys } from '../journeys/journeys.js';
import { toUser, USER_COLUMNS, type User, type UserRow } from './user.js';

/** What a person may change about themselves. */
export interface ProfileChange {
  readonly displayName?: string | undefined;
  readonly interests?: readonly string[] | undefined;
  readonly locale?: Locale | undefined;
  readonly timeZone?: string | null | undefined;
  readonly tips?: boolean | undefined;
}

type ChangedRow = UserRow & {
  interests_version: number;
  profile_version: number;
  country: string | null;
};

/** A person's own account: read, and changed together with the events that say so. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly journeys: Journeys,
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

  /**
   * Interests have a version of their own, and so has all the rest: what changes is announced in the same
   * transaction. @throws Problem `not_found`
   */
  async change(
    userId: string,
    change: ProfileChange,
    client: Pick<Client, 'requestId'>,
  ): Promise<User> {
    return this.database.transaction(async (transaction) => {
      const [before] = await transaction.query<UserRow>(
        `SELECT ${USER_COLUMNS} FROM accounts.users WHERE id = $1 FOR UPDATE`,
        [userId],
      );
      if (!before) throw notFound();
      const wanted = {
        displayName: change.displayName ?? before.display_name,
        locale: change.locale ?? before.locale,
        timeZone: change.timeZone === undefined ? before.time_zone : change.timeZone,
        tips: change.tips ?? before.tips,
        interests: change.interests ?? before.interests,
      };
      const moved = wanted.timeZone !== before.time_zone;
      const switchedTips = wanted.tips !== before.tips;
      const interestsChanged = !sameSet(wanted.interests, before.interests);
      const profileChanged =
        moved ||
        switchedTips ||
        wanted.displayName !== before.display_name ||
        wanted.locale !== before.locale;
      const [after] = await transaction.query<ChangedRow>(
        `UPDATE accounts.users
            SET display_name = $2, locale = $3, time_zone = $4, tips = $5, interests = $6,
                profile_version = profile_version + $7::int,
                interests_version = interests_version + $8::int, updated_at = now()
          WHERE id = $1
         RETURNING ${USER_COLUMNS}, interests_version, profile_version, country`,
        [
          userId,
          wanted.displayName,
          wanted.locale,
          wanted.timeZone,
          wanted.tips,
          wanted.interests,
          profileChanged ? 1 : 0,
          interestsChanged ? 1 : 0,
        ],
      );
      const user = toUser(after!);
      const { requestId } = client;
      if (interestsChanged) await this.announceInterests(transaction, after!, requestId);
      if (profileChanged) await this.announceProfile(transaction, after!, requestId);
      const person = { ...user, userId };
      if (switchedTips && !user.tips) await this.journeys.tipsEnded(transaction, userId);
      else if (switchedTips) await this.journeys.tipsResumed(transaction, person, requestId);
      else if (moved) await this.journeys.moved(transaction, person, requestId);
      return user;
    });
  }

  private async announceInterests(transaction: Transaction, row: ChangedRow, requestId: string) {
    const data = {
      userId: row.id,
      interests: row.interests,
      interestsVersion: row.interests_version,
      locale: row.locale,
      country: row.country ?? undefined,
    };
    const event = createEvent(userInterestsChanged, data, contextOf(row, requestId));
    await this.outbox.append(transaction, event);
  }

  private async announceProfile(transaction: Transaction, row: ChangedRow, requestId: string) {
    const data = {
      userId: row.id,
      displayName: row.display_name,
      locale: row.locale,
      timeZone: row.time_zone ?? undefined,
      tips: row.tips,
      profileVersion: row.profile_version,
    };
    const event = createEvent(userProfileChanged, data, contextOf(row, requestId));
    await this.outbox.append(transaction, event);
  }
}

const contextOf = ({ id }: UserRow, requestId: string) => ({
  source: 'api',
  subject: id,
  correlationId: requestId,
});

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((tag) => b.includes(tag));
