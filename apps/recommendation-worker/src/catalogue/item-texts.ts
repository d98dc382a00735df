import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import type { RankedItem, RankedList } from '../ranking/rank.js';

/** A ranked item with what people see of it. */
export interface RecommendedItem extends RankedItem {
  readonly title: string;
  readonly url: string;
}

/** Titles and links, read for the few items that are shown: the index holds what is needed for ranking only. */
@Injectable()
export class ItemTexts {
  constructor(private readonly database: Database) {}

  /** An item that has been deleted since it was indexed falls out. */
  async addTo(list: RankedList): Promise<Omit<RankedList, 'items'> & { items: RecommendedItem[] }> {
    const rows = await this.database.query<{ id: string; title: string; url: string }>(
      'SELECT id, title, url FROM recommendation.items WHERE id = ANY ($1)',
      [list.items.map(({ itemId }) => itemId)],
    );
    const texts = new Map(rows.map(({ id, title, url }) => [id, { title, url }]));
    const items = list.items.flatMap(({ itemId, ...ranking }) => {
      const text = texts.get(itemId);
      return text ? [{ itemId, ...text, ...ranking }] : [];
    });
    return { ...list, items };
  }
}
