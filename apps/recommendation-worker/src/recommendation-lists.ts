import { Injectable } from '@nestjs/common';
import { MAX_RECOMMENDATIONS } from '#libs/contracts';
import type { Delivery } from '#libs/messaging';
import { ItemTexts, type RecommendedItem } from './catalogue/item-texts.js';
import { RankingEngine } from './engine/ranking-engine.js';
import type { RankedList } from './ranking/rank.js';

/** Who a list is for. */
export interface ListRequest {
  readonly userId: string;
  readonly interests: readonly string[];
  readonly interestsVersion: number;
  readonly locale: string;
  readonly country?: string | undefined;
}

/** A list as it is kept and shown. */
export type RecommendationList = Omit<RankedList, 'items'> & {
  readonly items: readonly RecommendedItem[];
};

/** Makes and keeps the list of each person, in `recommendation.lists`. */
@Injectable()
export class RecommendationLists {
  constructor(
    private readonly engine: RankingEngine,
    private readonly texts: ItemTexts,
  ) {}

  /** @throws DependencyUnavailableError as long as there is no catalogue */
  async compute(request: ListRequest): Promise<RecommendationList> {
    const { userId, interests, locale, country } = request;
    return this.texts.addTo(
      await this.engine.rank({
        interests,
        language: locale,
        country,
        limit: MAX_RECOMMENDATIONS,
        explorationKey: userId,
      }),
    );
  }

  /** The effect of a delivery. Overwrites an older list only, so that the order of events does not matter. */
  async save(
    delivery: Delivery,
    { userId, interestsVersion }: ListRequest,
    list: RecommendationList,
  ): Promise<void> {
    await delivery.effect(
      `INSERT INTO recommendation.lists AS l
              (user_id, interests_version, model_version, catalogue_version, fallback, items, explored_item_id)
       SELECT $1, $2, $3, $4, $5, $6, $7 FROM delivery
       ON CONFLICT (user_id) DO UPDATE
          SET interests_version = excluded.interests_version, model_version = excluded.model_version,
              catalogue_version = excluded.catalogue_version, fallback = excluded.fallback,
              items = excluded.items, explored_item_id = excluded.explored_item_id, computed_at = now()
        WHERE l.interests_version <= excluded.interests_version`,
      [
        userId,
        interestsVersion,
        list.modelVersion,
        list.catalogueVersion,
        list.fallback,
        JSON.stringify(list.items),
        list.exploredItemId ?? null,
      ],
    );
  }
}
