import type { Sql } from '#libs/database';
import {
  SegmentBuilder,
  type Affinity,
  type Item,
  type SegmentSize,
} from '../ranking/segment-builder.js';
import type { SegmentData } from '../ranking/segment-data.js';

/** A whole index, or what has changed since one was built. */
export type CatalogueReading =
  | {
      readonly kind: 'whole';
      readonly version: number;
      readonly segment: SegmentData;
      readonly took: Took;
      readonly peopleWithTag: ReadonlyMap<string, number>;
      /** When the database was looked at. */
      readonly readAt: Date;
    }
  | {
      readonly kind: 'changes';
      readonly version: number;
      readonly segment: SegmentData;
      readonly took: Took;
    };

/** Milliseconds. */
export interface Took {
  readonly reading: number;
  readonly building: number;
}

/** There is no catalogue to read. */
export class CatalogueEmptyError extends Error {
  override name = 'CatalogueEmptyError';

  constructor() {
    super('the catalogue is empty: run `usher migrate`, which loads the sample');
  }
}

/** As many changed items are laid beside the index; with more of them it is built anew. */
const MAX_CHANGES = 10_000;
const ROWS_AT_A_TIME = 5_000;
/** Interests of which is read what people with them have opened. */
const MAX_LEARNT_TAGS = 10_000;
/** One person's choice says nothing about others. */
const MIN_PEOPLE = 2;
const MAX_ITEMS_PER_TAG = 1_000;
const MAX_AFFINITIES = 200_000;

/** The index that changes are laid beside. */
export interface Whole {
  readonly version: number;
  /** Who had opened anything by then: what is laid beside it has to be measured by the same number. */
  readonly people: number;
}

/**
 * Reads the catalogue at one moment: the whole of it, or, when there is an index and there are few, only
 * the items that have been written since.
 * @param transaction that nothing has been asked of yet
 * @throws CatalogueEmptyError, CatalogueTooLargeError
 */
export async function readCatalogue(transaction: Sql, since?: Whole): Promise<CatalogueReading> {
  await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  return new CatalogueReader(transaction).read(since);
}

class CatalogueReader {
  constructor(private readonly transaction: Sql) {}

  async read(since: Whole | undefined): Promise<CatalogueReading> {
    const [catalogue] = await this.transaction.query<{ version: number; readAt: Date }>(
      'SELECT version, now() AS "readAt" FROM recommendation.catalogue',
    );
    if (!catalogue) throw new CatalogueEmptyError();
    const { version, readAt } = catalogue;
    if (since && (await this.countSince(since.version)) <= MAX_CHANGES) {
      return { kind: 'changes', version, ...(await this.readSegment(since)) };
    }
    const built = await this.readSegment({ version: 0, people: await this.countReaders() });
    return { kind: 'whole', version, readAt, ...built, peopleWithTag: await this.peopleWithTag() };
  }

  /** Answers at most one more than what would still be laid beside an index. */
  private async countSince(version: number): Promise<number> {
    const [row] = await this.transaction.query<{ count: number }>(
      `SELECT count(*)::int AS count
         FROM (SELECT 1 FROM recommendation.items WHERE version > $1 LIMIT $2) AS changed`,
      [version, MAX_CHANGES + 1],
    );
    return row!.count;
  }

  private async readSegment({ version, people }: Whole) {
    const startedAt = performance.now();
    const [size] = await this.transaction.query<SegmentSize>(
      `SELECT count(*)::int AS items, coalesce(sum(cardinality(tags)), 0)::float8 AS tags,
              coalesce(sum(octet_length(id)), 0)::float8 AS "idBytes"
         FROM recommendation.items WHERE version > $1`,
      [version],
    );
    const builder = new SegmentBuilder(size!, people);
    for await (const item of this.items(version, people)) builder.add(item);
    const affinities = await this.affinities(version);
    const readAt = performance.now();
    const segment = builder.finish(affinities);
    const took = { reading: readAt - startedAt, building: performance.now() - readAt };
    return { segment, took };
  }

  private async countReaders(): Promise<number> {
    const [row] = await this.transaction.query<{ people: number }>(
      'SELECT count(*)::int AS people FROM recommendation.readers',
    );
    return row!.people;
  }

  /** New is what nobody has opened and was added in the 30 days before the catalogue changed last. */
  private async *items(since: number, people: number): AsyncGenerator<Item> {
    await this.transaction.query(
      `DECLARE items NO SCROLL CURSOR FOR
       SELECT i.id, i.tags, i.language, i.countries, i.popularity, least(coalesce(c.people, 0), $2) AS "openedBy",
              c.people IS NULL AND i.added_at > k.changed_at - interval '30 days' AS "isNew"
         FROM recommendation.items AS i CROSS JOIN recommendation.catalogue AS k
         LEFT JOIN recommendation.item_counts AS c ON c.item_id = i.id
        WHERE i.version > $1`,
      [since, people],
    );
    for (;;) {
      const rows = await this.transaction.query<Item>(`FETCH ${ROWS_AT_A_TIME} FROM items`);
      if (rows.length === 0) break;
      yield* rows;
    }
    await this.transaction.query('CLOSE items');
  }

  private async peopleWithTag(): Promise<Map<string, number>> {
    const rows = await this.transaction.query<{ tag: string; people: number }>(
      'SELECT tag, people FROM recommendation.tag_counts ORDER BY people DESC, tag LIMIT $1',
      [MAX_LEARNT_TAGS],
    );
    return new Map(rows.map(({ tag, people }) => [tag, people]));
  }

  /** The strongest of each tag, and of these the strongest of all. */
  private async affinities(since: number): Promise<Affinity[]> {
    return this.transaction.query<Affinity & Record<string, unknown>>(
      `SELECT t.tag, a.item_id AS "itemId", a.people
         FROM (SELECT tag FROM recommendation.tag_counts ORDER BY people DESC, tag LIMIT $2) AS t
        CROSS JOIN LATERAL (
              SELECT item_id, people FROM recommendation.affinities
               WHERE tag = t.tag AND people >= $3 ORDER BY people DESC, item_id LIMIT $4) AS a
         JOIN recommendation.items AS i ON i.id = a.item_id AND i.version > $1
        ORDER BY a.people DESC, t.tag, a.item_id LIMIT $5`,
      [since, MAX_LEARNT_TAGS, MIN_PEOPLE, MAX_ITEMS_PER_TAG, MAX_AFFINITIES],
    );
  }
}
