import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Accounts1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA accounts;

      CREATE TABLE accounts.users (
        id                    uuid        NOT NULL,
        -- Canonical: trimmed, NFKC, domain in ASCII, lower case.
        email                 text        NOT NULL,
        display_name          text        NOT NULL,
        password_hash         text        NOT NULL,
        -- Rises with every new password, so that one reset makes all outstanding links worthless.
        credential_version    integer     NOT NULL DEFAULT 1,
        interests             text[]      NOT NULL DEFAULT '{}',
        interests_version     integer     NOT NULL DEFAULT 1,
        locale                text        NOT NULL,
        country               text,
        email_verified_at     timestamptz,
        registration_event_id uuid        NOT NULL,
        created_at            timestamptz NOT NULL DEFAULT now(),
        updated_at            timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT users_pk PRIMARY KEY (id),
        CONSTRAINT users_email_unique UNIQUE (email)
      );

      CREATE TABLE accounts.sessions (
        id           uuid        NOT NULL,
        user_id      uuid        NOT NULL,
        -- SHA-256 of the token; the token itself is stored nowhere.
        token_hash   bytea       NOT NULL,
        user_agent   text,
        created_at   timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at   timestamptz NOT NULL,
        CONSTRAINT sessions_pk PRIMARY KEY (id),
        CONSTRAINT sessions_token_hash_unique UNIQUE (token_hash),
        CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES accounts.users (id) ON DELETE CASCADE
      );
      CREATE INDEX sessions_user ON accounts.sessions (user_id);
      CREATE INDEX sessions_expires_at ON accounts.sessions (expires_at);

      -- Its row is the first statement of a sign-up, before the user that it points to.
      CREATE TABLE accounts.idempotency_keys (
        key          text        NOT NULL,
        user_id      uuid        NOT NULL,
        -- HMAC of the body without the password.
        request_hmac bytea       NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT idempotency_keys_pk PRIMARY KEY (key),
        CONSTRAINT idempotency_keys_user_fk FOREIGN KEY (user_id) REFERENCES accounts.users (id)
          ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
      );
      CREATE INDEX idempotency_keys_user ON accounts.idempotency_keys (user_id);
      CREATE INDEX idempotency_keys_created_at ON accounts.idempotency_keys (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA accounts CASCADE');
  }
}
