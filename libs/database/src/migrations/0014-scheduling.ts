import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Scheduling1764000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Events that are due later; the promoter moves them to the outbox.
      CREATE TABLE messaging.scheduled (
        key                text        NOT NULL,
        due_at             timestamptz NOT NULL,
        id                 uuid        NOT NULL,
        type               text        NOT NULL,
        source             text        NOT NULL,
        subject            text        NOT NULL,
        correlation_id     text        NOT NULL,
        causation_id       text,
        traceparent        text,
        data               json        NOT NULL,
        expected_consumers text[]      NOT NULL,
        CONSTRAINT scheduled_pk PRIMARY KEY (key),
        CONSTRAINT scheduled_key_length CHECK (char_length(key) <= 200),
        CONSTRAINT scheduled_subject_length CHECK (char_length(subject) <= 200)
      );
      CREATE INDEX scheduled_due_at ON messaging.scheduled (due_at);
      CREATE INDEX scheduled_subject ON messaging.scheduled (subject);
      -- Whether an event was scheduled before.
      ALTER TABLE messaging.outbox ADD COLUMN promoted boolean NOT NULL DEFAULT false;

      -- How far ahead of the server's the clock is that decides deadlines: not at all, except in tests and demonstrations.
      CREATE TABLE messaging.clock (
        id    boolean  NOT NULL DEFAULT true,
        ahead interval NOT NULL DEFAULT '0',
        CONSTRAINT clock_pk PRIMARY KEY (id),
        CONSTRAINT clock_has_one_row CHECK (id),
        CONSTRAINT clock_is_not_behind CHECK (ahead >= interval '0')
      );
      INSERT INTO messaging.clock DEFAULT VALUES;

      -- STABLE, so that an index serves a comparison with it; within a statement it is one moment only where it is
      -- called once.
      CREATE FUNCTION messaging.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        RETURN (SELECT clock_timestamp() + ahead FROM messaging.clock);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messaging.outbox DROP COLUMN promoted;
      DROP FUNCTION messaging.now();
      DROP TABLE messaging.clock, messaging.scheduled;
    `);
  }
}
