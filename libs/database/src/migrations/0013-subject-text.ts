/**
 * `subject` was a uuid and becomes a text, in two tables that may be large and are in use (ADR 0028). For each table:
 * 1. `Column` adds a second column, which a trigger keeps in step with the first.
 * 2. `Fill` fills it in the rows of before, proves that none is left, and builds its index.
 * 3. `Swap` puts it in the place of the first.
 * The first and the last need the table for themselves alone for a moment. The second keeps no writer waiting, and
 * is run again from its beginning when it was interrupted.
 *
 * The relay of the release before claims events by a prepared statement that returns the subject. Where it was
 * prepared before the swap, it fails each time after it (`cached plan must not change result type`), and that
 * release keeps the connection. So the swap of the outbox first has each claim end its own connection, for which
 * the relay takes another one, until the connections of before are gone. No other statement fails.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

type Table = 'outbox' | 'deliveries';

const MAX_LENGTH = 200;
/** 1 MiB, some thousand rows, which are locked while they are filled: some ten milliseconds. */
const BATCH_PAGES = 128;
/** 1 GiB. A row that is filled leaves its old version behind; after so much, that room is used again. */
const PAGES_UNTIL_VACUUM = 131_072;

const CLAIM = 'outbox_subject_claim';
/** Held by the swap while claims end their connections; it reads "claims" in ASCII. */
const CLAIM_LOCK = 0x636c61696d73;
/** Only the API relays. */
const RELAYING_APP = 'usher api';
/** For its connections to go. What its pool has not used for 10 s, that closes by itself. */
const MAX_WAIT_MS = 15_000;
const POLL_MS = 100;

abstract class SubjectColumn implements MigrationInterface {
  protected abstract readonly table: Table;

  async up(runner: QueryRunner): Promise<void> {
    const name = `${this.table}_subject_text`;
    await runner.query(`
      ALTER TABLE messaging.${this.table}
        ADD COLUMN subject_text text,
        ADD CONSTRAINT ${this.table}_subject_length CHECK (char_length(subject_text) <= ${MAX_LENGTH}) NOT VALID,
        ADD CONSTRAINT ${this.table}_subject_present CHECK (subject_text IS NOT NULL) NOT VALID;
      CREATE FUNCTION messaging.${name}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.subject_text := NEW.subject::text;
        RETURN NEW;
      END $$;
      -- On every UPDATE, for it may move a row to a page that the fill has left behind.
      CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON messaging.${this.table} FOR EACH ROW
        WHEN (NEW.subject_text IS DISTINCT FROM NEW.subject::text) EXECUTE FUNCTION messaging.${name}();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    const name = `${this.table}_subject_text`;
    await runner.query(`
      DROP TRIGGER IF EXISTS ${name} ON messaging.${this.table};
      DROP FUNCTION IF EXISTS messaging.${name}();
      ALTER TABLE messaging.${this.table} DROP COLUMN IF EXISTS subject_text;
    `);
  }
}

abstract class SubjectFill implements MigrationInterface {
  readonly transaction = false;
  protected abstract readonly table: Table;

  constructor(private readonly onProgress: (line: string) => void) {}

  async up(runner: QueryRunner): Promise<void> {
    await this.fill(runner);
    // By these the swap knows, without reading the table, that no row lacks a subject.
    await runner.query(`
      ALTER TABLE messaging.${this.table} VALIDATE CONSTRAINT ${this.table}_subject_length,
                                          VALIDATE CONSTRAINT ${this.table}_subject_present`);
    const index = `${this.table}_subject_text`;
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS messaging.${index}`);
    await runner.query(
      `CREATE INDEX CONCURRENTLY ${index} ON messaging.${this.table} (subject_text)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS messaging.${this.table}_subject_text`);
  }

  /** In the order of the pages on the disk. What is written meanwhile, wherever it lands, the trigger has filled. */
  private async fill(runner: QueryRunner): Promise<void> {
    const [{ pages }] = (await runner.query(
      `SELECT (pg_relation_size('messaging.${this.table}') / current_setting('block_size')::int)::int AS pages`,
    )) as [{ pages: number }];
    for (let page = 0, vacuumed = 0; page < pages;) {
      const end = Math.min(page + BATCH_PAGES, pages);
      // Another isolation, as a server's default may be, would fail on a row that somebody else has just changed.
      await runner.startTransaction('READ COMMITTED');
      await runner.query(
        `UPDATE messaging.${this.table} SET subject_text = subject::text
          WHERE ctid >= '(${page},0)' AND ctid < '(${end},0)' AND subject_text IS NULL`,
      );
      await runner.commitTransaction();
      page = end;
      if (page < pages && page - vacuumed < PAGES_UNTIL_VACUUM) continue;
      await runner.query(`VACUUM (ANALYZE, TRUNCATE false) messaging.${this.table}`);
      this.onProgress(`messaging.${this.table}: ${page} of ${pages} pages have the new subject`);
      vacuumed = page;
    }
  }
}

abstract class SubjectSwap implements MigrationInterface {
  protected abstract readonly table: Table;

  async up(runner: QueryRunner): Promise<void> {
    const name = `${this.table}_subject_text`;
    await runner.query(`
      DROP TRIGGER ${name} ON messaging.${this.table};
      DROP FUNCTION messaging.${name}();
      ALTER TABLE messaging.${this.table} DROP COLUMN subject;
      ALTER TABLE messaging.${this.table} RENAME COLUMN subject_text TO subject;
      ALTER TABLE messaging.${this.table} ALTER COLUMN subject SET NOT NULL;
      ALTER TABLE messaging.${this.table} DROP CONSTRAINT ${this.table}_subject_present;
      ALTER INDEX messaging.${name} RENAME TO ${this.table}_subject;
    `);
  }

  /** All the way back to the uuid; the table is locked until it is rewritten. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messaging.${this.table} DROP CONSTRAINT ${this.table}_subject_length;
      ALTER TABLE messaging.${this.table} ALTER COLUMN subject TYPE uuid USING subject::uuid;
    `);
  }
}

export class OutboxSubjectColumn1764000000013 extends SubjectColumn {
  protected readonly table = 'outbox';

  override async up(runner: QueryRunner): Promise<void> {
    await super.up(runner);
    await runner.query(`
      CREATE FUNCTION messaging.${CLAIM}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT pg_try_advisory_xact_lock_shared(${CLAIM_LOCK}) THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NULL;
      END $$;
      -- By the statement, for a claim that finds no event ends its connection as well.
      CREATE TRIGGER ${CLAIM} BEFORE UPDATE OF owner ON messaging.outbox FOR EACH STATEMENT
        WHEN (current_query() ~ 'RETURNING.*subject') EXECUTE FUNCTION messaging.${CLAIM}();
    `);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await dropClaimTrigger(runner);
    await super.down(runner);
  }
}
export class OutboxSubjectFill1764000000013 extends SubjectFill {
  protected readonly table = 'outbox';
}
export class OutboxSubjectSwap1764000000013 extends SubjectSwap {
  protected readonly table = 'outbox';

  constructor(private readonly onProgress: (line: string) => void) {
    super();
  }

  override async up(runner: QueryRunner): Promise<void> {
    const areGone = await this.endClaimingConnections(runner);
    await dropClaimTrigger(runner);
    await super.up(runner);
    if (areGone) return;
    this.onProgress(
      `Restart ${RELAYING_APP} once, if it is of the release before: some of its connections are still those of ` +
        'before, where claims of events may fail with "cached plan must not change result type".',
    );
  }

  /** Whether none is left. The lock, and so the end of connections, ends with the transaction. */
  private async endClaimingConnections(runner: QueryRunner): Promise<boolean> {
    await runner.query(`SELECT pg_advisory_xact_lock(${CLAIM_LOCK})`);
    const deadline = performance.now() + MAX_WAIT_MS;
    const before = await this.connections(runner);
    for (let now = before; now.some((pid) => before.includes(pid));) {
      if (performance.now() > deadline) return false;
      await delay(POLL_MS);
      now = await this.connections(runner);
    }
    return true;
  }

  private async connections(runner: QueryRunner): Promise<number[]> {
    // Within a transaction the view stays as it was first read.
    await runner.query('SELECT pg_stat_clear_snapshot()');
    // These columns any role may read of any other.
    const rows = (await runner.query(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = '${RELAYING_APP}'`,
    )) as { pid: number }[];
    return rows.map(({ pid }) => pid);
  }
}

async function dropClaimTrigger(runner: QueryRunner): Promise<void> {
  await runner.query(`
    DROP TRIGGER IF EXISTS ${CLAIM} ON messaging.outbox;
    DROP FUNCTION IF EXISTS messaging.${CLAIM}();
  `);
}

export class DeliveriesSubjectColumn1764000000013 extends SubjectColumn {
  protected readonly table = 'deliveries';
}
export class DeliveriesSubjectFill1764000000013 extends SubjectFill {
  protected readonly table = 'deliveries';
}
export class DeliveriesSubjectSwap1764000000013 extends SubjectSwap {
  protected readonly table = 'deliveries';
}
