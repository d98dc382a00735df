import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MailBudgets1764000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Mails to strangers, counted by budget and part of its time. Whom a budget belongs to is an HMAC.
      CREATE TABLE accounts.mail_budgets (
        scope text        NOT NULL,
        slot  bigint      NOT NULL,
        count integer     NOT NULL,
        until timestamptz NOT NULL,
        CONSTRAINT mail_budgets_pk PRIMARY KEY (scope, slot)
      );
      CREATE INDEX mail_budgets_until ON accounts.mail_budgets (until);

      -- Challenges that were solved and have let a sign-up in; a second one is not let in by the same.
      CREATE TABLE accounts.spent_challenges (
        id    text        NOT NULL,
        until timestamptz NOT NULL,
        CONSTRAINT spent_challenges_pk PRIMARY KEY (id)
      );
      CREATE INDEX spent_challenges_until ON accounts.spent_challenges (until);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE accounts.mail_budgets, accounts.spent_challenges');
  }
}
