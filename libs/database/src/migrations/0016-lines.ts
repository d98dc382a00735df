import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Lines1764000000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What each instance of the API tells the others of its line, once a second while it has one. Counts
      -- begin with the instance; numbers of the line go on over all of them.
      CREATE TABLE accounts.lines (
        instance       text             NOT NULL,
        at             timestamptz      NOT NULL,
        -- Numbers that it gave, hashed, and of those it gave: whose first turn is over, and who did not come.
        issued         bigint           NOT NULL,
        served         bigint           NOT NULL,
        due            bigint           NOT NULL,
        gone           bigint           NOT NULL,
        -- Sign-ups that it hashes in a second when enough wait.
        rate           double precision NOT NULL,
        -- The last number, how many wait in all, and the share that comes back, as far as it knows.
        tail           bigint           NOT NULL,
        length         bigint           NOT NULL,
        returned_ratio double precision NOT NULL,
        CONSTRAINT lines_pk PRIMARY KEY (instance)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE accounts.lines');
  }
}
