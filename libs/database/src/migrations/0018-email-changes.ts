import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Defaults that are constants: the tables are not rewritten, and the release before writes on. */
export class EmailChanges1764000000018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts.users
        -- Rises with every change of the address.
        ADD COLUMN email_version    integer NOT NULL DEFAULT 1,
        -- The event of the last welcome mail, if it was not the registration's.
        ADD COLUMN welcome_event_id uuid;

      -- Addresses that an account has left and may take back; nobody else can have them until then.
      CREATE TABLE accounts.reserved_addresses (
        address text        NOT NULL,
        user_id uuid        NOT NULL,
        until   timestamptz NOT NULL,
        CONSTRAINT reserved_addresses_pk PRIMARY KEY (address),
        CONSTRAINT reserved_addresses_user_fk FOREIGN KEY (user_id) REFERENCES accounts.users (id) ON DELETE CASCADE
      );
      CREATE INDEX reserved_addresses_user ON accounts.reserved_addresses (user_id);

      ALTER TABLE email.recipients ADD COLUMN email_version integer NOT NULL DEFAULT 1;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE email.recipients DROP COLUMN email_version;
      DROP TABLE accounts.reserved_addresses;
      ALTER TABLE accounts.users DROP COLUMN email_version, DROP COLUMN welcome_event_id;
    `);
  }
}
