import type { MigrationInterface } from 'typeorm';
import type { Sql } from '#libs/messaging';
import { migrations } from './migrations/index.js';

/** The class of a schema change; its name is what a database remembers. One that takes long says how far it is. */
export type Migration = new (onProgress: (line: string) => void) => MigrationInterface;

const TABLE = 'migrations.applied';
/** In the first schema of the search path, where a database from before keeps the names (ADR 0022). */
const EARLIER_TABLE = 'migrations';

/** Which migrations a database has had; both tables can be read by any role that `usher grants` has made. */
export class AppliedMigrations {
  private constructor(private readonly table: string) {}

  /** Undefined in a database without any. */
  static async find(sql: Sql): Promise<AppliedMigrations | undefined> {
    // The catalogue can be read without rights on the schemas.
    const rows = await sql.query<{ name: string }>(
      `SELECT n.nspname || '.' || c.relname AS name
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE (n.nspname, c.relname) IN (('migrations', 'applied'), ('messaging', 'outbox'))`,
    );
    const found = rows.map(({ name }) => name);
    if (found.includes(TABLE)) return new AppliedMigrations(TABLE);
    return found.length > 0 ? new AppliedMigrations(EARLIER_TABLE) : undefined;
  }

  /** @throws Error when the database cannot hold every text */
  static async create(sql: Sql): Promise<AppliedMigrations> {
    const [row] = await sql.query<{ encoding: string }>(
      `SELECT current_setting('server_encoding') AS encoding`,
    );
    if (row?.encoding !== 'UTF8') {
      throw new Error(
        `The database has the encoding ${row?.encoding}; Usher needs UTF8. ` +
          "Make another one: CREATE DATABASE usher ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0",
      );
    }
    await sql.query(`
      CREATE SCHEMA IF NOT EXISTS migrations;
      CREATE TABLE ${TABLE} (
        name       text        NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT applied_pk PRIMARY KEY (name)
      );`);
    return new AppliedMigrations(TABLE);
  }

  async names(sql: Sql): Promise<string[]> {
    const rows = await sql.query<{ name: string }>(`SELECT name FROM ${this.table}`);
    return rows.map(({ name }) => name);
  }

  /** The statement that remembers a migration. */
  remember(name: string): { sql: string; parameters: unknown[] } {
    if (this.table === TABLE) {
      return { sql: `INSERT INTO ${TABLE} (name) VALUES ($1)`, parameters: [name] };
    }
    return {
      sql: `INSERT INTO ${EARLIER_TABLE} ("timestamp", name) VALUES ($1, $2)`,
      parameters: [/\d+$/.exec(name)?.[0] ?? 0, name],
    };
  }
}

/** The names of the migrations that a database has not had yet, in their order. */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const applied = (await (await AppliedMigrations.find(sql))?.names(sql)) ?? [];
  return migrations.map(({ name }) => name).filter((name) => !applied.includes(name));
}
