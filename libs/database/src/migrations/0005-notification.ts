import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Notification1764000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA notification;

      CREATE TABLE notification.notifications (
        id         uuid        NOT NULL,
        user_id    uuid        NOT NULL,
        event_id   uuid        NOT NULL,
        kind       text        NOT NULL,
        title      text        NOT NULL,
        body       text        NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Written by the API: reading is the person's own act.
        read_at    timestamptz,
        CONSTRAINT notifications_pk PRIMARY KEY (id),
        CONSTRAINT notifications_once UNIQUE (user_id, event_id, kind)
      );
      CREATE INDEX notifications_inbox ON notification.notifications (user_id, id DESC);
      CREATE INDEX notifications_unread ON notification.notifications (user_id) WHERE read_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA notification CASCADE');
  }
}
