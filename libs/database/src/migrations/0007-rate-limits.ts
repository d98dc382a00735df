import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RateLimits1764000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The columns are those that rate-limiter-flexible expects. Unlogged: a count costs no flush to disk,
      -- and a database that crashed begins to count anew.
      CREATE UNLOGGED TABLE accounts.rate_limits (
        key    text    NOT NULL,
        points integer NOT NULL,
        -- Milliseconds since 1970.
        expire bigint,
        CONSTRAINT rate_limits_pk PRIMARY KEY (key)
      ) WITH (fillfactor = 50);
      CREATE INDEX rate_limits_expire ON accounts.rate_limits (expire);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE accounts.rate_limits');
  }
}
