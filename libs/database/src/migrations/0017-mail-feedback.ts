import type { MigrationInterface, QueryRunner } from 'typeorm';

/** New columns without a default: the table is not rewritten, and the release before writes on. */
export class MailFeedback1764000000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE email.messages
        -- Who sends it to whom; feedback has to name the same. Mails from before have none of it.
        ADD COLUMN consumer      text,
        ADD COLUMN recipient     text,
        ADD COLUMN user_id       uuid,
        -- What became of it after it was handed over: 'delivered' or 'bounced'; null while nothing is known.
        ADD COLUMN delivery      text,
        -- The last bounce of it: its class, its enhanced status code, and what the server said.
        ADD COLUMN bounce        text,
        ADD COLUMN bounce_status text,
        ADD COLUMN bounce_text   text,
        ADD COLUMN complained_at timestamptz,
        DROP CONSTRAINT messages_status,
        -- Not checked against the rows that are there: they fulfil the narrower one.
        ADD CONSTRAINT messages_status CHECK (status IN ('sending', 'not-sent', 'sent', 'suppressed')) NOT VALID,
        ADD CONSTRAINT messages_delivery CHECK (delivery IN ('delivered', 'bounced')) NOT VALID;

      -- Addresses that get no mail for now, or never, and why: 'bounced', 'complained', or what an operator wrote.
      CREATE TABLE email.suppressions (
        address  text        NOT NULL,
        reason   text        NOT NULL,
        since    timestamptz NOT NULL,
        until    timestamptz,
        -- The last mail that went out in spite of it, and for which event.
        tried_at timestamptz,
        tried_by uuid,
        CONSTRAINT suppressions_pk PRIMARY KEY (address, reason)
      );

      -- Soft bounces of the last week, one for each mail: five of an address count as a hard one.
      CREATE TABLE email.soft_bounces (
        address  text        NOT NULL,
        event_id uuid        NOT NULL,
        consumer text        NOT NULL,
        at       timestamptz NOT NULL,
        CONSTRAINT soft_bounces_pk PRIMARY KEY (address, event_id, consumer)
      );
      CREATE INDEX soft_bounces_at ON email.soft_bounces (at);

      -- Reports of mail servers that were not understood, for operators; the last one for each event.
      CREATE TABLE email.unread_reports (
        event_id    uuid        NOT NULL,
        received_at timestamptz NOT NULL,
        report      bytea       NOT NULL,
        CONSTRAINT unread_reports_pk PRIMARY KEY (event_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE email.unread_reports, email.soft_bounces, email.suppressions;
      ALTER TABLE email.messages DROP CONSTRAINT messages_status, DROP CONSTRAINT messages_delivery;
      DELETE FROM email.messages WHERE status = 'suppressed';
      ALTER TABLE email.messages
        DROP COLUMN consumer, DROP COLUMN recipient, DROP COLUMN user_id, DROP COLUMN delivery,
        DROP COLUMN bounce, DROP COLUMN bounce_status, DROP COLUMN bounce_text, DROP COLUMN complained_at,
        ADD CONSTRAINT messages_status CHECK (status IN ('sending', 'not-sent', 'sent'));
    `);
  }
}
