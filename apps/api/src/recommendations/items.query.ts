import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

const POPULAR_LENGTH = 20;

/** Reads `recommendation.items`. */
@Injectable()
export class ItemsQuery {
  constructor(private readonly database: Database) {}

  /** The most popular items for someone with this language: what there is before a list is made. */
  async popular(locale: string): Promise<object[]> {
    const rows = await this.database.query<{
      id: string;
      title: string;
      url: string;
      score: number;
    }>(
      `SELECT id, title, url, ln(popularity) AS score FROM recommendation.items
        WHERE language IN ($1, 'en') AND countries = '{}'
        ORDER BY popularity DESC, id LIMIT $2`,
      [locale, POPULAR_LENGTH],
    );
    return rows.map(({ id, title, url, score }, index) => ({
      itemId: id,
      title,
      url,
      rank: index + 1,
      score,
      because: [],
    }));
  }
}
