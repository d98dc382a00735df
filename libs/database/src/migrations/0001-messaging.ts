import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Messaging1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA messaging;

      -- Events to be published; kept after publishing for replay.
      CREATE TABLE messaging.outbox (
        id                 uuid        NOT NULL,
        type               text        NOT NULL,
        source             text        NOT NULL,
        subject            uuid        NOT NULL,
        occurred_at        timestamptz NOT NULL,
        correlation_id     text        NOT NULL,
        causation_id       text,
        traceparent        text,
        data               json        NOT NULL,
        -- The consumers that the subscription list named when the event was written.
        expected_consumers text[]      NOT NULL,
        -- Not to be claimed before: the end of a lease, or of a back-off.
        available_at       timestamptz NOT NULL DEFAULT now(),
        owner              uuid,
        attempts           integer     NOT NULL DEFAULT 0,
        last_error         text,
        published_at       timestamptz,
        resent_at          timestamptz,
        resends            integer     NOT NULL DEFAULT 0,
        CONSTRAINT outbox_pk PRIMARY KEY (id)
      );
      CREATE INDEX outbox_pending ON messaging.outbox (id) WHERE published_at IS NULL;
      CREATE INDEX outbox_published_at ON messaging.outbox (published_at) WHERE published_at IS NOT NULL;
      CREATE INDEX outbox_subject ON messaging.outbox (subject);

      -- The delivery ledger: what happened to an event at a consumer. No row: nothing yet.
      CREATE TABLE messaging.deliveries (
        consumer        text        NOT NULL,
        event_id        uuid        NOT NULL,
        subject         uuid        NOT NULL,
        status          text        NOT NULL,
        attempts        integer     NOT NULL,
        -- External effects only: who holds the lease, and until when.
        owner           uuid,
        lease_until     timestamptz,
        next_attempt_at timestamptz,
        last_error      text,
        -- Deliveries that could not be settled although the process lived on: no sign of a process killer.
        abandoned       integer     NOT NULL DEFAULT 0,
        created_at      timestamptz NOT NULL DEFAULT now(),
        updated_at      timestamptz NOT NULL DEFAULT now(),
        completed_at    timestamptz,
        CONSTRAINT deliveries_pk PRIMARY KEY (consumer, event_id),
        CONSTRAINT deliveries_status CHECK (status IN ('processing', 'retrying', 'done', 'failed')),
        CONSTRAINT deliveries_completed CHECK ((status = 'done') = (completed_at IS NOT NULL))
      );
      CREATE INDEX deliveries_subject ON messaging.deliveries (subject);
      CREATE INDEX deliveries_open ON messaging.deliveries (status, updated_at) WHERE status <> 'done';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA messaging CASCADE');
  }
}
