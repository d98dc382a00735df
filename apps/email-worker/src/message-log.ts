import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '#libs/database';

/** One mail: an event makes at most one of each template. */
export interface MailKey {
  readonly eventId: string;
  readonly template: string;
}

/** What a mail is, as far as feedback and suppressions have to know. */
export interface MailDetails {
  readonly messageId: string;
  /** Who sends it. */
  readonly consumer: string;
  readonly recipient: string;
  readonly userId: string;
  /** Whether the person has asked for it just now, such as for a link to choose a new password. */
  readonly isAskedFor: boolean;
}

/**
 * `first`: the dialogue may begin. `maybe-sent`: an earlier dialogue began and its end is unknown, so this one may make
 * a second mail. `already-sent` and `suppressed`: it must not begin.
 */
export type Beginning = 'first' | 'maybe-sent' | 'already-sent' | 'suppressed';

/** In spite of a bounce, a mail that was asked for is tried once in so long. */
const TRIED_AGAIN_AFTER = `interval '1 day'`;

/** What is known of each mail, in `email.messages`. The caller holds the lease on the event. */
@Injectable()
export class MessageLog {
  constructor(private readonly database: Database) {}

  /** Commits that the SMTP dialogue is about to begin, unless the address is suppressed. */
  async begin({ eventId, template }: MailKey, mail: MailDetails): Promise<Beginning> {
    const { messageId, consumer, recipient, userId, isAskedFor } = mail;
    const [row] = await this.database.query<{ status: string; maybe_sent: boolean }>(
      `WITH clock AS MATERIALIZED (SELECT messaging.now() AS now),
       earlier AS (SELECT status FROM email.messages WHERE event_id = $1 AND template = $2),
       suppression AS (
         SELECT reason FROM email.suppressions, clock WHERE address = $5 AND (until IS NULL OR until > now)
       ),
       -- Of two that come at once, the second waits for the first, and finds the row tried.
       tried AS (
         UPDATE email.suppressions SET tried_at = now, tried_by = $1 FROM clock
          WHERE $7::boolean AND address = $5 AND reason = 'bounced'
            AND (tried_by = $1 OR tried_at IS NULL OR tried_at <= now - ${TRIED_AGAIN_AFTER})
            AND NOT EXISTS (SELECT FROM suppression AS s WHERE s.reason NOT IN ('bounced', 'complained'))
         RETURNING address
       ),
       -- Once a day in spite of a bounce, and always in spite of a complaint; never where an operator said no.
       hindrance AS (
         SELECT FROM suppression
          WHERE NOT ($7::boolean AND (reason = 'complained' OR reason = 'bounced' AND EXISTS (SELECT FROM tried)))
       )
       INSERT INTO email.messages AS m
              (event_id, template, message_id, consumer, recipient, user_id, created_at, status)
       SELECT $1, $2, $3, $4, $5, $6, now,
              CASE WHEN EXISTS (SELECT FROM hindrance) THEN 'suppressed' ELSE 'sending' END
         FROM clock
       ON CONFLICT (event_id, template) DO UPDATE
          SET status = excluded.status, consumer = excluded.consumer, recipient = excluded.recipient,
              user_id = excluded.user_id, delivery = NULL, bounce = NULL, slot_at = NULL,
              possible_duplicates =
                m.possible_duplicates + (m.status = 'sending' AND excluded.status = 'sending')::int
        WHERE m.status <> 'sent'
       RETURNING status, coalesce((SELECT status = 'sending' FROM earlier), false) AS maybe_sent`,
      [eventId, template, messageId, consumer, recipient, userId, isAskedFor],
    );
    if (!row) return 'already-sent';
    if (row.status === 'suppressed') return 'suppressed';
    return row.maybe_sent ? 'maybe-sent' : 'first';
  }

  async markSent({ eventId, template }: MailKey): Promise<void> {
    await this.database.query(
      `UPDATE email.messages SET status = 'sent', sent_at = messaging.now()
        WHERE event_id = $1 AND template = $2`,
      [eventId, template],
    );
  }

  /** @param sql a transaction, or the database */
  async markNotSent({ eventId, template }: MailKey, sql: Sql = this.database): Promise<void> {
    await sql.query(
      `UPDATE email.messages SET status = 'not-sent'
        WHERE event_id = $1 AND template = $2 AND status = 'sending'`,
      [eventId, template],
    );
  }
}
