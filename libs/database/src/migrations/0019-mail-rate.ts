import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MailRate1764000000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Events that a handler wants again at a moment; until then they are in no queue.
      CREATE TABLE messaging.postponed (
        consumer   text        NOT NULL,
        event_id   uuid        NOT NULL,
        until      timestamptz NOT NULL,
        -- What the message knew of its past: failed attempts, for how long it has failed, and replays.
        attempts   integer     NOT NULL,
        failing_ms bigint      NOT NULL,
        replays    integer     NOT NULL,
        CONSTRAINT postponed_pk PRIMARY KEY (consumer, event_id)
      );
      CREATE INDEX postponed_until ON messaging.postponed (until);
      CREATE INDEX postponed_event_id ON messaging.postponed (event_id);

      -- The provider's rate, which all e-mail workers keep together.
      CREATE TABLE email.rate (
        id           boolean     NOT NULL DEFAULT true,
        -- The next mail goes out then, and not sooner.
        next_at      timestamptz NOT NULL DEFAULT 'epoch',
        -- The first slot that nobody has booked, and by how much all slots have been put off since they were booked.
        next_slot_at timestamptz NOT NULL DEFAULT 'epoch',
        put_off      interval    NOT NULL DEFAULT '0',
        -- When the provider last asked for fewer, and the pause that followed.
        refused_at   timestamptz,
        pause        interval    NOT NULL DEFAULT '0',
        CONSTRAINT rate_pk PRIMARY KEY (id),
        CONSTRAINT rate_has_one_row CHECK (id)
      );
      INSERT INTO email.rate DEFAULT VALUES;

      -- The slot that a mail has booked, less what slots had been put off by then.
      ALTER TABLE email.messages ADD COLUMN slot_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE email.messages DROP COLUMN slot_at;
      DROP TABLE email.rate;
      DROP TABLE messaging.postponed;
    `);
  }
}
