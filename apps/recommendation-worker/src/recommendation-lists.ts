import { Injectable } from '@nestjs/common';
import type { Sql } from '#libs/database';
import { CatalogueIndex } from './catalogue/catalogue-index.js';
import { MODEL_VERSION, rank, type RankedList } from './ranking/rank.js';

/** Who a list is for. */
export interface ListRequest {
  readonly userId: string;
  readonly interests: readonly string[];
  readonly interestsVersion: number;
  readonly locale: string;
  readonly country?: string | undefined;
}

const LIST_LENGTH = 20;

/** Makes and keeps the list of each person, in `recommendation.lists`. */
@Injectable()
export class RecommendationLists {
  constructor(private readonly catalogue: CatalogueIndex) {}

  async compute({
    interests,
    locale,
    country,
  }: ListRequest): Promise<RankedList & { catalogueVersion: number }> {
    const { version, items } = await this.catalogue.current();
    const list = rank(items, { interests, language: locale, country }, LIST_LENGTH);
    return { ...list, catalogueVersion: version };
  }

  /** Overwrites an older list only, so that the order of events does not matter. */
  async save(
    sql: Sql,
    { userId, interestsVersion }: ListRequest,
    list: RankedList & { catalogueVersion: number },
  ): Promise<void> {
    await sql.query(
      `INSERT INTO recommendation.lists AS l
              (user_id, interests_version, model_version, catalogue_version, fallback, items)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (user_id) DO UPDATE
          SET interests_version = excluded.interests_version, model_version = excluded.model_version,
              catalogue_version = excluded.catalogue_version, fallback = excluded.fallback,
              items = excluded.items, computed_at = now()
        WHERE l.interests_version <= excluded.interests_version`,
      [
        userId,
        interestsVersion,
        MODEL_VERSION,
        list.catalogueVersion,
        list.fallback,
        JSON.stringify(list.items),
      ],
    );
  }
}
