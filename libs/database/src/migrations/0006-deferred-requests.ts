import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeferredRequests1764000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Requests that are answered before anybody looks whether their address has an account.
      CREATE TABLE accounts.deferred_requests (
        id         uuid        NOT NULL,
        request    jsonb       NOT NULL,
        -- Becomes the correlation id of every event that the request causes.
        request_id text        NOT NULL,
        attempts   integer     NOT NULL DEFAULT 0,
        due_at     timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT deferred_requests_pk PRIMARY KEY (id)
      );
      CREATE INDEX deferred_requests_due_at ON accounts.deferred_requests (due_at, id);

      -- A private sign-up does not know yet whose key it is.
      ALTER TABLE accounts.idempotency_keys ALTER COLUMN user_id DROP NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM accounts.idempotency_keys WHERE user_id IS NULL;
      ALTER TABLE accounts.idempotency_keys ALTER COLUMN user_id SET NOT NULL;
      DROP TABLE accounts.deferred_requests;
    `);
  }
}
