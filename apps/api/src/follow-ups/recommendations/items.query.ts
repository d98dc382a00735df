import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

/** An item as people see it. */
export interface RecommendedItem {
  readonly itemId: string;
  readonly title: string;
  readonly url: string;
  readonly rank: number;
  readonly score: number;
  /** The interests that made the score, strongest first. */
  readonly because: readonly { readonly tag: string; readonly weight: number }[];
}

/** What everybody likes: the list of those for whom none is made yet. */
export interface PopularList {
  readonly fallback: 'popular';
  readonly modelVersion: string;
  readonly catalogueVersion: number;
  readonly items: readonly RecommendedItem[];
}

const POPULAR_MODEL = 'popular-1';

/** Reads `recommendation.items`. */
@Injectable()
export class ItemsQuery {
  constructor(private readonly database: Database) {}

  /** The most popular items for someone with this language. */
  async popular(locale: string, limit: number): Promise<PopularList> {
    const [rows, [catalogue]] = await Promise.all([
      this.database.query<{ id: string; title: string; url: string; score: number }>(
        `SELECT id, title, url, ln(popularity) AS score FROM recommendation.items
          WHERE language IN ($1, 'en') AND countries = '{}'
          ORDER BY popularity DESC, id LIMIT $2`,
        [locale, limit],
      ),
      this.database.query<{ version: number }>('SELECT version FROM recommendation.catalogue'),
    ]);
    return {
      fallback: 'popular',
      modelVersion: POPULAR_MODEL,
      catalogueVersion: catalogue?.version ?? 0,
      items: rows.map(({ id: itemId, ...item }, index) => ({
        itemId,
        ...item,
        rank: index + 1,
        because: [],
      })),
    };
  }
}
