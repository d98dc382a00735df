import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Needs `accounts.users` for itself alone, if only for a moment. */
export class AddColumn1999000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE accounts.users ADD COLUMN nickname text');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE accounts.users DROP COLUMN nickname');
  }
}
