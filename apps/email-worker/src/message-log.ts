import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

/** One mail: an event makes at most one of each template. */
export interface MailKey {
  readonly eventId: string;
  readonly template: string;
}

/** What is known of each mail, in `email.messages`. The caller holds the lease on the event. */
@Injectable()
export class MessageLog {
  constructor(private readonly database: Database) {}

  /**
   * Commits that the SMTP dialogue is about to begin. `already-sent`: it must not. `maybe-sent`: an
   * earlier dialogue began and its end is unknown, so this one may make a second mail.
   */
  async begin(
    { eventId, template }: MailKey,
    messageId: string,
  ): Promise<'first' | 'maybe-sent' | 'already-sent'> {
    const [row] = await this.database.query<{ maybe_sent: boolean }>(
      `WITH earlier AS (SELECT status FROM email.messages WHERE event_id = $1 AND template = $2)
       INSERT INTO email.messages AS m (event_id, template, message_id, status)
       VALUES ($1, $2, $3, 'sending')
       ON CONFLICT (event_id, template) DO UPDATE
          SET status = 'sending', possible_duplicates = m.possible_duplicates + (m.status = 'sending')::int
        WHERE m.status <> 'sent'
       RETURNING coalesce((SELECT status = 'sending' FROM earlier), false) AS maybe_sent`,
      [eventId, template, messageId],
    );
    if (!row) return 'already-sent';
    return row.maybe_sent ? 'maybe-sent' : 'first';
  }

  async markSent({ eventId, template }: MailKey): Promise<void> {
    await this.database.query(
      `UPDATE email.messages SET status = 'sent', sent_at = now() WHERE event_id = $1 AND template = $2`,
      [eventId, template],
    );
  }

  async markNotSent({ eventId, template }: MailKey): Promise<void> {
    await this.database.query(
      `UPDATE email.messages SET status = 'not-sent'
        WHERE event_id = $1 AND template = $2 AND status = 'sending'`,
      [eventId, template],
    );
  }
}
