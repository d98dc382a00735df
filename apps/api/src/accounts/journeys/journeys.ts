import { Injectable } from '@nestjs/common';
import { sendTips, tipsDue, verifyReminderDue } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { journeyKey, localMoment } from '#libs/journeys';
import { createEvent, currentTime, Messaging, ScheduledEvents } from '#libs/messaging';
import { ApiConfig } from '../../api.config.js';

/** What a journey depends on. */
export interface Traveller {
  readonly userId: string;
  readonly timeZone: string | null;
  readonly createdAt: Date;
}

/** So long an account is in its first use; a reminder is only for those who come back after it. */
const FIRST_USE = `interval '1 hour'`;

/**
 * What follows a sign-up later: scheduled and cancelled in the transaction of the state that it depends on. Whether
 * it is still wanted then, the e-mail worker looks at again.
 */
@Injectable()
export class Journeys {
  constructor(
    private readonly config: ApiConfig,
    private readonly messaging: Messaging,
    private readonly scheduled: ScheduledEvents,
  ) {}

  /** Schedules the tips of somebody who has just signed up. */
  async begin(transaction: Transaction, person: Traveller, requestId: string): Promise<void> {
    const at = this.tipsAt(person);
    if (at) await this.scheduleTips(transaction, person.userId, at, requestId);
  }

  /**
   * Schedules a reminder to verify the address, once, for somebody who comes back after the first hour. An address that
   * a stranger signed up with gets no more than the first mail.
   */
  async usedAgain(transaction: Transaction, userId: string, requestId: string): Promise<void> {
    const afterMs = this.config.JOURNEY_VERIFY_REMINDER;
    if (afterMs === undefined) return;
    const [row] = await transaction.query<{ created_at: Date }>(
      `UPDATE accounts.users SET reminded_at = messaging.now()
        WHERE id = $1 AND email_verified_at IS NULL AND reminded_at IS NULL
          AND created_at <= messaging.now() - ${FIRST_USE}
       RETURNING created_at`,
      [userId],
    );
    if (!row) return;
    const event = createEvent(verifyReminderDue, { userId }, context(userId, requestId));
    await this.scheduled.schedule(transaction, event, {
      key: journeyKey('verify-reminder', userId),
      at: new Date(row.created_at.getTime() + afterMs),
    });
  }

  /** The address is verified: the reminder is not needed any more. */
  async verified(transaction: Transaction, userId: string): Promise<void> {
    await this.scheduled.cancel(transaction, journeyKey('verify-reminder', userId));
  }

  /** The person does not want tips any more. */
  async tipsEnded(transaction: Transaction, userId: string): Promise<void> {
    await this.scheduled.cancel(transaction, journeyKey('tips', userId));
  }

  /**
   * The person wants tips again: those whose time has not come, and that have not been sent in the morning of another
   * time zone.
   */
  async tipsResumed(transaction: Transaction, person: Traveller, requestId: string): Promise<void> {
    const at = this.tipsAt(person);
    if (!at) return;
    const [row] = await transaction.query<{ areToCome: boolean }>(
      `SELECT $1 > messaging.now() AND NOT EXISTS
                (SELECT FROM messaging.outbox WHERE subject = $2 AND type = $3) AND NOT EXISTS
                (SELECT FROM messaging.deliveries WHERE subject = $2 AND consumer = $4) AS "areToCome"`,
      [at, person.userId, tipsDue.type, sendTips.consumer],
    );
    if (row!.areToCome) await this.scheduleTips(transaction, person.userId, at, requestId);
  }

  /**
   * The person is in another time zone: tips that are still to come, come in its morning, and in its next one where
   * that is over.
   */
  async moved(transaction: Transaction, person: Traveller, requestId: string): Promise<void> {
    const at = this.tipsAt(person);
    if (!at || !(await this.scheduled.cancel(transaction, journeyKey('tips', person.userId))))
      return;
    const now = await currentTime(this.messaging, transaction);
    const morning = at > now ? at : this.nextMorning(person, now);
    await this.scheduleTips(transaction, person.userId, morning, requestId);
  }

  private nextMorning({ timeZone }: Traveller, now: Date): Date {
    const { time } = this.config.JOURNEY_TIPS!;
    const today = localMoment(now, timeZone, { days: 0, time });
    return today > now ? today : localMoment(now, timeZone, { days: 1, time });
  }

  private tipsAt({ createdAt, timeZone }: Traveller): Date | undefined {
    const { JOURNEY_TIPS } = this.config;
    return JOURNEY_TIPS && localMoment(createdAt, timeZone, JOURNEY_TIPS);
  }

  private async scheduleTips(
    transaction: Transaction,
    userId: string,
    at: Date,
    requestId: string,
  ): Promise<void> {
    const event = createEvent(tipsDue, { userId }, context(userId, requestId));
    await this.scheduled.schedule(transaction, event, { key: journeyKey('tips', userId), at });
  }
}

const context = (userId: string, requestId: string) => ({
  source: 'api',
  subject: userId,
  correlationId: requestId,
});
