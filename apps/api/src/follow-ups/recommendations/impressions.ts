import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

/** What has been shown to a person. */
export interface Shown {
  readonly modelVersion: string;
  readonly catalogueVersion: number;
  readonly items: readonly { readonly itemId: string; readonly rank: number }[];
  /** All are there because everybody likes them. */
  readonly isPopular: boolean;
  /** The item that is there to become known. */
  readonly exploredItemId?: string | undefined;
}

/**
 * Writes `recommendation.impressions`, the one statement by which the API writes there: once a day for each
 * item and slot. Without knowing what was shown, nobody could tell later what an opened item says.
 */
@Injectable()
export class Impressions {
  constructor(private readonly database: Database) {}

  async record(userId: string, shown: Shown): Promise<void> {
    const { items, isPopular, exploredItemId, modelVersion, catalogueVersion } = shown;
    const slot = (itemId: string) => (itemId === exploredItemId ? 'explored' : 'ranked');
    await this.database.query(
      `INSERT INTO recommendation.impressions
              (user_id, item_id, slot, rank, model_version, catalogue_version)
       SELECT $1, item_id, slot, rank, $2, $3
         FROM unnest($4::text[], $5::text[], $6::int[]) AS shown (item_id, slot, rank)
       ON CONFLICT DO NOTHING`,
      [
        userId,
        modelVersion,
        catalogueVersion,
        items.map(({ itemId }) => itemId),
        items.map(({ itemId }) => (isPopular ? 'popular' : slot(itemId))),
        items.map(({ rank }) => rank),
      ],
    );
  }
}
