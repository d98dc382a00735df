import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeferredTrace1764000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The trace of the request, with which its deferred part goes on.
      ALTER TABLE accounts.deferred_requests ADD COLUMN traceparent text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE accounts.deferred_requests DROP COLUMN traceparent');
  }
}
