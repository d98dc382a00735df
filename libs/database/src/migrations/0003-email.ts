import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Email1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA email;

      -- One row per mail. 'sending' is committed before the SMTP dialogue: a mail found in it at the
      -- next attempt may have been accepted already.
      CREATE TABLE email.messages (
        event_id            uuid        NOT NULL,
        template            text        NOT NULL,
        message_id          text        NOT NULL,
        status              text        NOT NULL,
        possible_duplicates integer     NOT NULL DEFAULT 0,
        created_at          timestamptz NOT NULL DEFAULT now(),
        sent_at             timestamptz,
        CONSTRAINT messages_pk PRIMARY KEY (event_id, template),
        CONSTRAINT messages_message_id_unique UNIQUE (message_id),
        CONSTRAINT messages_status CHECK (status IN ('sending', 'not-sent', 'sent')),
        CONSTRAINT messages_sent CHECK ((status = 'sent') = (sent_at IS NOT NULL))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA email CASCADE');
  }
}
