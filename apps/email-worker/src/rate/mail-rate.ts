import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/database';
import { PostponedError } from '#libs/messaging';
import { sleep } from '#libs/service-defaults';
import { metrics } from '@opentelemetry/api';
import { EmailWorkerConfig } from '../email-worker.config.js';
import type { MailDetails, MailKey } from '../message-log.js';

/** So far ahead a mail waits in its handler; beyond it the mail waits in the ledger. */
const WAITED_FOR = `interval '5 seconds'`;
/** It comes back so much before its slot: on its way it waits for a look at the ledger and for its queue. */
const BACK_EARLY_MS = 2_000;
/**
 * The distance of two mails is a little longer than the rate allows: mails that are late come closer to those behind
 * them, and a provider counts what arrives.
 */
const MARGIN = 1.03;
/** So many moments a mail misses at most; then it goes out, however late its process is. */
const MAX_MISSED = 3;
const FIRST_PAUSE = `interval '30 seconds'`;
const LONGEST_PAUSE = `interval '10 minutes'`;
/** After a pause, as much time again and this without a refusal end the trouble: the next pause is a short one. */
const FORGIVEN_AFTER = `interval '1 minute'`;

const waits = metrics.getMeter('usher.email').createHistogram('usher_mail_rate_wait_seconds', {
  description:
    'How long a mail waits for its turn at the rate of the provider, in the handler and before',
  advice: {
    explicitBucketBoundaries: [0.005, 0.05, 0.5, 5, 30, 60, 300, 900, 3_600, 14_400, 86_400],
  },
});

interface Admission {
  /** Until the mail may go out. */
  wait_ms: number;
}

/**
 * Keeps `MAIL_RATE` over all e-mail workers, by one row. A mail goes out at the next moment that is free, if that is
 * at most 5 s ahead. Otherwise it books a slot, and comes back for it. Slots keep their order: a pause, and a mail that
 * goes in front, put all of them off. A mail that a person has just asked for goes in front, since its link would
 * expire behind a backlog.
 */
@Injectable()
export class MailRate {
  private readonly logger = new Logger(MailRate.name);
  /** Milliseconds between two mails; undefined: no limit. */
  private readonly spacingMs: number | undefined;
  /**
   * A mail whose process wakes later than this has missed its moment, and takes another one: what a stalled process
   * sends all at once would exceed the rate. It is the time that the margin leaves.
   */
  private readonly lateMs: number = 0;

  constructor(
    { MAIL_RATE }: EmailWorkerConfig,
    private readonly database: Database,
  ) {
    if (MAIL_RATE === 'off') return;
    this.spacingMs = (MAIL_RATE.perMs / MAIL_RATE.count) * MARGIN;
    this.lateMs = MAIL_RATE.perMs * (MARGIN - 1);
  }

  /**
   * Resolves when the mail may go out.
   * @throws PostponedError when its slot is further ahead
   */
  async wait(mail: MailKey, details: MailDetails, signal: AbortSignal): Promise<void> {
    if (this.spacingMs === undefined) return;
    for (let missed = 0; missed <= MAX_MISSED; missed++) {
      const [admission] = await this.admit(mail, details, this.spacingMs);
      if (!admission) throw await this.postpone(mail, details, this.spacingMs);
      const { wait_ms: waitMs } = admission;
      const turn = performance.now() + waitMs;
      if (missed === 0) waits.record(waitMs / 1_000);
      await sleep(waitMs, signal);
      signal.throwIfAborted();
      if (performance.now() - turn <= this.lateMs) return;
    }
  }

  /** The provider has asked for fewer: nothing goes out for a while, longer each time. */
  async slowDown(reply: string): Promise<void> {
    if (this.spacingMs === undefined) return;
    const [row] = await this.database.query<{ until: Date }>(
      `UPDATE email.rate AS r
          SET pause = p.pause, refused_at = clock.now, put_off = r.put_off + p.pause,
              next_at = greatest(r.next_at, clock.now + p.pause)
         FROM (SELECT messaging.now() AS now) AS clock,
              LATERAL (SELECT CASE WHEN r0.refused_at + 2 * r0.pause + ${FORGIVEN_AFTER} > clock.now
                                   THEN least(2 * r0.pause, ${LONGEST_PAUSE})
                                   ELSE ${FIRST_PAUSE} END AS pause
                         FROM email.rate AS r0) AS p
        -- Others that were under way have met the same refusal.
        WHERE r.refused_at IS NULL OR r.refused_at + r.pause <= clock.now
       RETURNING r.next_at AS until`,
    );
    if (row)
      this.logger.warn(
        `mails wait until ${row.until.toISOString()}, since the provider takes fewer: ${reply}`,
      );
  }

  /** A mail with a slot, or in front, only has to keep the distance; another one takes the next free slot. */
  private admit(
    { eventId, template }: MailKey,
    { isAskedFor }: MailDetails,
    spacingMs: number,
  ): Promise<Admission[]> {
    return this.database.query<Admission>(
      `WITH clock AS MATERIALIZED (SELECT messaging.now() AS now, $1 * interval '1 millisecond' AS spacing),
       booked AS (
         SELECT EXISTS (SELECT FROM email.messages, email.rate AS r0
                         WHERE event_id = $2 AND template = $3
                           AND slot_at + r0.put_off <= clock.now + ${WAITED_FOR}) AS has_slot
           FROM clock
       )
       UPDATE email.rate AS r
          SET next_at = greatest(r.next_at, now) + spacing,
              next_slot_at = CASE WHEN has_slot OR $4 THEN r.next_slot_at
                                  ELSE greatest(r.next_slot_at, greatest(r.next_at, now) - r.put_off) + spacing END,
              put_off = CASE WHEN $4 AND NOT has_slot THEN r.put_off + spacing ELSE r.put_off END
         FROM clock, booked
        WHERE r.next_at <= now + ${WAITED_FOR}
          AND (has_slot OR $4 OR r.next_slot_at + r.put_off <= now + ${WAITED_FOR})
       RETURNING (extract(epoch FROM r.next_at - spacing - now) * 1000)::float8 AS wait_ms`,
      [spacingMs, eventId, template, isAskedFor],
    );
  }

  /** Books a slot, unless the mail has one: it came before its time, or was put off. */
  private async postpone(
    { eventId, template }: MailKey,
    { messageId, consumer, recipient, userId, isAskedFor }: MailDetails,
    spacingMs: number,
  ): Promise<PostponedError> {
    const [row] = await this.database.query<{ turn: Date; wait_ms: number; is_new: boolean }>(
      `WITH clock AS MATERIALIZED (SELECT messaging.now() AS now, $1 * interval '1 millisecond' AS spacing),
       mine AS (
         SELECT now, spacing, (SELECT slot_at FROM email.messages WHERE event_id = $2 AND template = $3) AS slot_at
           FROM clock
       ),
       booked AS (
         UPDATE email.rate AS r
            SET next_slot_at = CASE WHEN slot_at IS NOT NULL OR $8 THEN r.next_slot_at
                                    ELSE greatest(r.next_slot_at, greatest(r.next_at, now) - r.put_off) + spacing END,
                put_off = CASE WHEN slot_at IS NULL AND $8 THEN r.put_off + spacing ELSE r.put_off END
           FROM mine
         RETURNING now, slot_at IS NULL AS is_new, r.next_at, r.put_off,
                   coalesce(slot_at, CASE WHEN $8 THEN greatest(r.next_at, now) - r.put_off
                                          ELSE r.next_slot_at - spacing END) AS slot_at
       ),
       kept AS (
         INSERT INTO email.messages
                (event_id, template, message_id, consumer, recipient, user_id, created_at, status, slot_at)
         SELECT $2, $3, $4, $5, $6, $7, now, 'not-sent', slot_at FROM booked
         ON CONFLICT (event_id, template) DO UPDATE SET slot_at = excluded.slot_at
       )
       SELECT greatest(slot_at + put_off, next_at) AS turn, is_new,
              (extract(epoch FROM greatest(slot_at + put_off, next_at) - now) * 1000)::float8 AS wait_ms
         FROM booked`,
      [spacingMs, eventId, template, messageId, consumer, recipient, userId, isAskedFor],
    );
    const { turn, wait_ms: waitMs, is_new: isNew } = row!;
    if (isNew) waits.record(waitMs / 1_000);
    return new PostponedError(
      `the rate of the provider is used up until ${turn.toISOString()}`,
      new Date(turn.getTime() - BACK_EARLY_MS),
      { retryAfterMs: waitMs },
    );
  }
}
