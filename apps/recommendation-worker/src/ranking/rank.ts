/** Names the ranking that made a list; changes whenever the same input may give another list. */
export const MODEL_VERSION = 'content-prior-1';

/** What the ranking needs to know of an item. */
export interface CatalogueItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly tags: readonly string[];
  readonly language: string;
  /** ISO 3166-1 alpha-2; none means everywhere. */
  readonly countries: readonly string[];
  /** How widely liked it is, between 0 and 1. */
  readonly popularity: number;
}

/** Items with what is the same for every query: how many items each tag has. */
export interface RankableCatalogue {
  readonly items: readonly CatalogueItem[];
  readonly itemsPerTag: ReadonlyMap<string, number>;
}

export interface RankingQuery {
  readonly interests: readonly string[];
  readonly language: string;
  readonly country?: string | undefined;
}

export interface RankedItem {
  readonly itemId: string;
  readonly title: string;
  readonly url: string;
  readonly rank: number;
  readonly score: number;
  /** The interests that made the score, strongest first; none for an item that is there by popularity. */
  readonly because: readonly { readonly tag: string; readonly weight: number }[];
}

export interface RankedList {
  /** `partial`: some interests are unknown to the catalogue; `popular`: none is known. */
  readonly fallback: 'none' | 'partial' | 'popular';
  readonly items: readonly RankedItem[];
}

const CONTENT_WEIGHT = 0.3;

/** Prepares a catalogue for {@link rank}. */
export function prepareCatalogue(items: readonly CatalogueItem[]): RankableCatalogue {
  const itemsPerTag = new Map<string, number>();
  for (const { tags } of items) {
    for (const tag of tags) itemsPerTag.set(tag, (itemsPerTag.get(tag) ?? 0) + 1);
  }
  return { items, itemsPerTag };
}

/**
 * The best `limit` items for someone without a history:
 * `score = log popularity + Σ 0.3 · idf(tag)` over the person's tags that the item has, with
 * `idf(tag) = ln(1 + items / items with the tag)`. Being a sum, the score explains itself.
 * Language and country filter and never score. The order of the interests does not matter; equal scores
 * are ordered by a hash of the id, so that no item is always last.
 */
export function rank(
  { items, itemsPerTag }: RankableCatalogue,
  { interests, language, country }: RankingQuery,
  limit: number,
): RankedList {
  const asked = new Set(interests);
  const weights = new Map<string, number>();
  for (const tag of [...asked].toSorted()) {
    const count = itemsPerTag.get(tag);
    if (count) weights.set(tag, CONTENT_WEIGHT * Math.log(1 + items.length / count));
  }
  const scored = items
    .filter((item) => isAvailable(item, language, country))
    .map((item) => ({ item, score: scoreOf(item, weights), tieBreak: hash(item.id) }))
    .toSorted(
      (a, b) => b.score - a.score || a.tieBreak - b.tieBreak || (a.item.id < b.item.id ? -1 : 1),
    )
    .slice(0, limit);
  return {
    fallback: weights.size === 0 ? 'popular' : weights.size < asked.size ? 'partial' : 'none',
    items: scored.map(({ item, score }, index) => ({
      itemId: item.id,
      title: item.title,
      url: item.url,
      rank: index + 1,
      score,
      because: reasons(item, weights),
    })),
  };
}

/** English is understood everywhere; other languages are offered to those who speak them. */
const isAvailable = (item: CatalogueItem, language: string, country: string | undefined) =>
  (item.language === language || item.language === 'en') &&
  (item.countries.length === 0 || (country !== undefined && item.countries.includes(country)));

function scoreOf(item: CatalogueItem, weights: ReadonlyMap<string, number>): number {
  return item.tags.reduce((sum, tag) => sum + (weights.get(tag) ?? 0), Math.log(item.popularity));
}

function reasons(item: CatalogueItem, weights: ReadonlyMap<string, number>) {
  return item.tags
    .flatMap((tag) => ({ tag, weight: weights.get(tag) ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || (a.tag < b.tag ? -1 : 1));
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
