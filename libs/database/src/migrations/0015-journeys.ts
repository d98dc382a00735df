import type { MigrationInterface, QueryRunner } from 'typeorm';

/** So many people are copied in one transaction. */
const BATCH_SIZE = 10_000;

/** Defaults that are constants: the table is not rewritten, and the release before writes on. */
export class Journeys1764000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts.users
        ADD COLUMN time_zone       text,
        ADD COLUMN tips            boolean NOT NULL DEFAULT true,
        ADD COLUMN profile_version integer NOT NULL DEFAULT 1,
        -- When the reminder to verify the address was scheduled, which is done once.
        ADD COLUMN reminded_at     timestamptz;

      -- What the e-mail worker knows of the people whom it writes to later; any of it may still be missing.
      CREATE TABLE email.recipients (
        user_id         uuid        NOT NULL,
        email           text,
        display_name    text        NOT NULL,
        locale          text        NOT NULL,
        time_zone       text,
        tips            boolean,
        verified_at     timestamptz,
        profile_version integer     NOT NULL,
        CONSTRAINT recipients_pk PRIMARY KEY (user_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE email.recipients;
      ALTER TABLE accounts.users DROP COLUMN time_zone, DROP COLUMN tips, DROP COLUMN profile_version,
                                 DROP COLUMN reminded_at;
    `);
  }
}

/** Copies the people from before, whose events are past, in batches. It runs again after an interruption. */
export class JourneysFill1764000000015 implements MigrationInterface {
  readonly transaction = false;

  constructor(private readonly onProgress: (line: string) => void) {}

  async up(runner: QueryRunner): Promise<void> {
    let after: string | null = null;
    for (let copied = 0; ;) {
      const rows = (await runner.query(
        `WITH people AS (
           SELECT * FROM accounts.users WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT ${BATCH_SIZE}
         ), copied AS (
           INSERT INTO email.recipients
                  (user_id, email, display_name, locale, time_zone, tips, verified_at, profile_version)
           SELECT id, email, display_name, locale, time_zone, tips, email_verified_at, profile_version FROM people
               ON CONFLICT DO NOTHING
         )
         SELECT max(id::text) AS last, count(*)::int AS count FROM people`,
        [after],
      )) as [{ last: string | null; count: number }];
      const [{ last, count }] = rows;
      copied += count;
      if (count < BATCH_SIZE) return;
      this.onProgress(`email.recipients: ${copied} people`);
      after = last;
    }
  }

  async down(): Promise<void> {}
}
