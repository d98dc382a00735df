import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

/** A list that the recommendation worker has made. */
export interface RecommendationList {
  readonly fallback: 'none' | 'partial' | 'popular';
  readonly modelVersion: string;
  readonly items: readonly object[];
}

/** Reads `recommendation.lists`. */
@Injectable()
export class ListsQuery {
  constructor(private readonly database: Database) {}

  async of(userId: string): Promise<RecommendationList | undefined> {
    const [row] = await this.database.query<{
      fallback: 'none';
      model_version: string;
      items: object[];
    }>('SELECT fallback, model_version, items FROM recommendation.lists WHERE user_id = $1', [
      userId,
    ]);
    return row && { fallback: row.fallback, modelVersion: row.model_version, items: row.items };
  }
}
