import type { MigrationInterface, QueryRunner } from 'typeorm';

export class StepsOfAPerson1764000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What was to follow this sign-up. The default is for the accounts from before this column, and for
      -- those of the previous release; a constant one, so that the table is not rewritten.
      ALTER TABLE accounts.users ADD COLUMN steps text[] NOT NULL
        DEFAULT '{welcome-email,recommendations,getting-started-guide}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE accounts.users DROP COLUMN steps');
  }
}
