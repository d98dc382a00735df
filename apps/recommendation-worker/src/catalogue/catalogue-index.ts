import { Injectable, Logger } from '@nestjs/common';
import { Database } from '#libs/database';
import { DependencyUnavailableError } from '#libs/messaging';
import { prepareCatalogue, type CatalogueItem, type RankableCatalogue } from '../ranking/rank.js';

/** The catalogue as it was at one version. */
export interface CatalogueSnapshot {
  readonly version: number;
  readonly items: RankableCatalogue;
}

/** A catalogue of more items than this does not fit the memory that a worker is meant to use. */
const MAX_ITEMS = 100_000;

/** The catalogue in memory, read again from PostgreSQL when its version has changed. */
@Injectable()
export class CatalogueIndex {
  private readonly logger = new Logger(CatalogueIndex.name);
  private snapshot: CatalogueSnapshot | undefined;

  constructor(private readonly database: Database) {}

  /** @throws DependencyUnavailableError when it is empty, Error when it is larger than {@link MAX_ITEMS} */
  async current(): Promise<CatalogueSnapshot> {
    const [row] = await this.database.query<{ version: number }>(
      'SELECT version FROM recommendation.catalogue',
    );
    if (!row)
      throw new DependencyUnavailableError(
        'the catalogue is empty: run `usher migrate`, which loads the sample',
      );
    if (this.snapshot?.version !== row.version) this.snapshot = await this.load(row.version);
    return this.snapshot;
  }

  private async load(version: number): Promise<CatalogueSnapshot> {
    const items = await this.database.query<CatalogueItem>(
      `SELECT id, title, url, tags, language, countries, popularity FROM recommendation.items LIMIT $1`,
      [MAX_ITEMS + 1],
    );
    if (items.length > MAX_ITEMS) {
      throw new Error(`the catalogue has more than ${MAX_ITEMS} items, the limit of this worker`);
    }
    this.logger.log(`catalogue version ${version}: ${items.length} items`);
    return { version, items: prepareCatalogue(items) };
  }
}
