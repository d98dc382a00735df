import type { Sql } from '#libs/database';
import type { ItemRecord } from './item-record.js';

/** What writing has changed. */
export interface Changes {
  readonly added: number;
  readonly changed: number;
}

/** Items of one statement. */
export const BATCH = 1_000;

/** Writes items into the catalogue; all that is written in one transaction becomes one version of it. */
export class CatalogueWriter {
  private constructor(
    private readonly transaction: Sql,
    readonly previousVersion: number,
  ) {}

  private get version(): number {
    return this.previousVersion + 1;
  }

  /** Waits for another import to end, since each makes a version of its own. */
  static async begin(transaction: Sql): Promise<CatalogueWriter> {
    await transaction.query(
      'INSERT INTO recommendation.catalogue (version) VALUES (0) ON CONFLICT DO NOTHING',
    );
    const [row] = await transaction.query<{ version: number }>(
      'SELECT version FROM recommendation.catalogue FOR UPDATE',
    );
    return new CatalogueWriter(transaction, row!.version);
  }

  /** Adds or replaces by id; what is the same already is not touched. @param items each id once */
  async write(items: readonly ItemRecord[]): Promise<Changes> {
    const rows = await this.transaction.query<{ added: boolean }>(
      `INSERT INTO recommendation.items AS i
              (id, title, url, tags, language, countries, popularity, published_at, version)
       SELECT id, title, url, tags, language, countries, popularity, "publishedAt", $2
         FROM jsonb_to_recordset($1::jsonb) AS r (id text, title text, url text, tags text[], language text,
              countries text[], popularity float8, "publishedAt" date)
       ON CONFLICT (id) DO UPDATE
          SET title = excluded.title, url = excluded.url, tags = excluded.tags, language = excluded.language,
              countries = excluded.countries, popularity = excluded.popularity,
              published_at = excluded.published_at, version = excluded.version
        WHERE (i.title, i.url, i.tags, i.language, i.countries, i.popularity, i.published_at)
              IS DISTINCT FROM (excluded.title, excluded.url, excluded.tags, excluded.language,
              excluded.countries, excluded.popularity, excluded.published_at)
       RETURNING xmax = 0 AS added`,
      [JSON.stringify(items), this.version],
    );
    const added = rows.filter((row) => row.added).length;
    return { added, changed: rows.length - added };
  }

  /** Makes what was written a version, with interests to choose for all its tags. Answers its number. */
  async finish(): Promise<number> {
    await this.transaction.query(
      `WITH counts AS (
         SELECT tag, count(*)::int AS items FROM recommendation.items, unnest(tags) AS tag GROUP BY tag),
       known AS (
         UPDATE recommendation.interests AS i
            SET items = coalesce((SELECT items FROM counts WHERE tag = i.tag), 0) RETURNING tag)
       INSERT INTO recommendation.interests (tag, labels, items)
       SELECT tag, jsonb_build_object('en', upper(left(tag, 1)) || replace(substr(tag, 2), '-', ' ')), items
         FROM counts WHERE tag NOT IN (SELECT tag FROM known)`,
    );
    await this.transaction.query(
      'UPDATE recommendation.catalogue SET version = $1, changed_at = now()',
      [this.version],
    );
    return this.version;
  }
}
