import type { Messaging } from '../contract/messaging.js';
import type { Database } from './database.js';

/** A change of the tables. A new one is appended, and an old one never edited. */
interface Migration {
  readonly name: string;
  readonly sql: (schema: string) => string;
}

const MIGRATIONS: readonly Migration[] = [
  {
    name: '1-outbox-and-deliveries',
    sql: (schema) => `
      -- Events to be published; kept after publishing for replay.
      CREATE TABLE ${schema}.outbox (
        id                 uuid        NOT NULL,
        type               text        NOT NULL,
        source             text        NOT NULL,
        subject            text        NOT NULL,
        occurred_at        timestamptz NOT NULL,
        correlation_id     text        NOT NULL,
        causation_id       text,
        traceparent        text,
        data               json        NOT NULL,
        -- The consumers that the subscription list named when the event was written.
        expected_consumers text[]      NOT NULL,
        -- Not to be claimed before: the end of a lease, or of a back-off.
        available_at       timestamptz NOT NULL DEFAULT now(),
        owner              uuid,
        attempts           integer     NOT NULL DEFAULT 0,
        last_error         text,
        published_at       timestamptz,
        resent_at          timestamptz,
        resends            integer     NOT NULL DEFAULT 0,
        CONSTRAINT outbox_pk PRIMARY KEY (id),
        CONSTRAINT outbox_subject_length CHECK (char_length(subject) <= 200)
      );
      CREATE INDEX outbox_pending ON ${schema}.outbox (id) WHERE published_at IS NULL;
      CREATE INDEX outbox_published_at ON ${schema}.outbox (published_at) WHERE published_at IS NOT NULL;
      CREATE INDEX outbox_subject ON ${schema}.outbox (subject);

      -- The delivery ledger: what happened to an event at a consumer. No row: nothing yet.
      CREATE TABLE ${schema}.deliveries (
        consumer        text        NOT NULL,
        event_id        uuid        NOT NULL,
        subject         text        NOT NULL,
        status          text        NOT NULL,
        attempts        integer     NOT NULL,
        -- External effects only: who holds the lease, and until when.
        owner           uuid,
        lease_until     timestamptz,
        next_attempt_at timestamptz,
        last_error      text,
        -- The kind of the last failure: dependency or error while there is a next attempt, afterwards the
        -- reason of the dead letter.
        reason          text,
        -- Deliveries that could not be settled although the process lived on: no sign of a process killer.
        abandoned       integer     NOT NULL DEFAULT 0,
        created_at      timestamptz NOT NULL DEFAULT now(),
        updated_at      timestamptz NOT NULL DEFAULT now(),
        completed_at    timestamptz,
        CONSTRAINT deliveries_pk PRIMARY KEY (consumer, event_id),
        CONSTRAINT deliveries_status CHECK (status IN ('processing', 'retrying', 'done', 'failed')),
        CONSTRAINT deliveries_completed CHECK ((status = 'done') = (completed_at IS NOT NULL)),
        CONSTRAINT deliveries_subject_length CHECK (char_length(subject) <= 200)
      );
      CREATE INDEX deliveries_subject ON ${schema}.deliveries (subject);
      CREATE INDEX deliveries_open ON ${schema}.deliveries (status, updated_at) WHERE status <> 'done';`,
  },
  {
    name: '2-scheduled-events-and-clock',
    sql: (schema) => `
      -- Events that are due later; the promoter moves them to the outbox.
      CREATE TABLE ${schema}.scheduled (
        key                text        NOT NULL,
        due_at             timestamptz NOT NULL,
        id                 uuid        NOT NULL,
        type               text        NOT NULL,
        source             text        NOT NULL,
        subject            text        NOT NULL,
        correlation_id     text        NOT NULL,
        causation_id       text,
        traceparent        text,
        data               json        NOT NULL,
        expected_consumers text[]      NOT NULL,
        CONSTRAINT scheduled_pk PRIMARY KEY (key),
        CONSTRAINT scheduled_key_length CHECK (char_length(key) <= 200),
        CONSTRAINT scheduled_subject_length CHECK (char_length(subject) <= 200)
      );
      CREATE INDEX scheduled_due_at ON ${schema}.scheduled (due_at);
      CREATE INDEX scheduled_subject ON ${schema}.scheduled (subject);
      -- Whether an event was scheduled before.
      ALTER TABLE ${schema}.outbox ADD COLUMN promoted boolean NOT NULL DEFAULT false;

      -- How far ahead of the server's the clock is that decides deadlines: not at all, except in tests and demonstrations.
      CREATE TABLE ${schema}.clock (
        id    boolean  NOT NULL DEFAULT true,
        ahead interval NOT NULL DEFAULT '0',
        CONSTRAINT clock_pk PRIMARY KEY (id),
        CONSTRAINT clock_has_one_row CHECK (id),
        CONSTRAINT clock_is_not_behind CHECK (ahead >= interval '0')
      );
      INSERT INTO ${schema}.clock DEFAULT VALUES;

      -- STABLE, so that an index serves a comparison with it; within a statement it is one moment only where it is
      -- called once.
      CREATE FUNCTION ${schema}.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        RETURN (SELECT clock_timestamp() + ahead FROM ${schema}.clock);`,
  },
  {
    name: '3-postponed-deliveries',
    sql: (schema) => `
      -- Events that a handler wants again at a moment; until then they are in no queue.
      CREATE TABLE ${schema}.postponed (
        consumer   text        NOT NULL,
        event_id   uuid        NOT NULL,
        until      timestamptz NOT NULL,
        -- What the message knew of its past: failed attempts, for how long it has failed, and replays.
        attempts   integer     NOT NULL,
        failing_ms bigint      NOT NULL,
        replays    integer     NOT NULL,
        CONSTRAINT postponed_pk PRIMARY KEY (consumer, event_id)
      );
      CREATE INDEX postponed_until ON ${schema}.postponed (until);
      CREATE INDEX postponed_event_id ON ${schema}.postponed (event_id);`,
  },
];

const tableOfMigrations = (schema: string) => `
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE ${schema}.migrations (
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT migrations_pk PRIMARY KEY (name)
  );`;

/**
 * Brings the tables of outbox and ledger up to date, in the application's schema, and answers with the names of
 * the changes that were made. Processes that do so at the same time wait for each other; all changes are made, or none.
 * @throws Error of PostgreSQL, such as for a role that may not create a schema
 */
export async function migrateMessaging(
  { names: { schema } }: Messaging,
  database: Database,
): Promise<string[]> {
  const transaction = await database.begin();
  try {
    await transaction.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `${schema} migrations`,
    ]);
    const [found] = await transaction.query<{ table: string | null }>(
      'SELECT to_regclass($1)::text AS table',
      [`${schema}.migrations`],
    );
    if (!found?.table) await transaction.query(tableOfMigrations(schema));
    const applied = await transaction.query<{ name: string }>(
      `SELECT name FROM ${schema}.migrations`,
    );
    const pending = MIGRATIONS.filter(({ name }) => !applied.some((each) => each.name === name));
    for (const { name, sql } of pending) {
      await transaction.query(sql(schema));
      await transaction.query(`INSERT INTO ${schema}.migrations (name) VALUES ($1)`, [name]);
    }
    await transaction.commit();
    return pending.map(({ name }) => name);
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
