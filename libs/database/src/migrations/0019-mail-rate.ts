import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MailRate1764000000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When a handler wants the event again that is in no queue until then.
      ALTER TABLE messaging.deliveries ADD COLUMN postponed_until timestamptz;
      CREATE INDEX deliveries_postponed_until ON messaging.deliveries (postponed_until)
        WHERE postponed_until IS NOT NULL;

      -- The provider's rate, which all e-mail workers keep together.
      CREATE TABLE email.rate (
        id           boolean     NOT NULL DEFAULT true,
        -- The next mail goes out then, and not sooner.
        next_at      timestamptz NOT NULL DEFAULT 'epoch',
        -- The first slot that nobody has booked.
        next_slot_at timestamptz NOT NULL DEFAULT 'epoch',
        -- When the provider last asked for fewer, and the pause that followed.
        refused_at   timestamptz,
        pause        interval    NOT NULL DEFAULT '0',
        CONSTRAINT rate_pk PRIMARY KEY (id),
        CONSTRAINT rate_has_one_row CHECK (id)
      );
      INSERT INTO email.rate DEFAULT VALUES;

      -- The slot that a mail has booked, if it could not be sent at once.
      ALTER TABLE email.messages ADD COLUMN slot_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE email.messages DROP COLUMN slot_at;
      DROP TABLE email.rate;
      ALTER TABLE messaging.deliveries DROP COLUMN postponed_until;
    `);
  }
}
