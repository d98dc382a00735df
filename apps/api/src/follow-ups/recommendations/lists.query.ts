import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import type { RecommendedItem } from './items.query.js';

/** A list that the recommendation worker has made. */
export interface RecommendationList {
  readonly fallback: 'none' | 'partial' | 'popular';
  readonly modelVersion: string;
  readonly catalogueVersion: number;
  readonly items: readonly RecommendedItem[];
}

/** Reads `recommendation.lists`. */
@Injectable()
export class ListsQuery {
  constructor(private readonly database: Database) {}

  async of(
    userId: string,
  ): Promise<{ list: RecommendationList; exploredItemId: string | undefined } | undefined> {
    const [row] = await this.database.query<RecommendationList & { exploredItemId: string | null }>(
      `SELECT fallback, model_version AS "modelVersion", catalogue_version AS "catalogueVersion", items,
              explored_item_id AS "exploredItemId"
         FROM recommendation.lists WHERE user_id = $1`,
      [userId],
    );
    if (!row) return undefined;
    const { exploredItemId, ...list } = row;
    return { list, exploredItemId: exploredItemId ?? undefined };
  }
}
