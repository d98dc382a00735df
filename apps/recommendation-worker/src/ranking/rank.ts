import { offeredTo, type Audience } from './availability.js';
import type { CatalogueIndex } from './catalogue-index.js';
import { diversify } from './diversify.js';
import { pickNew } from './explore.js';
import { BILLION } from './score.js';
import type { Segment, TagWeights } from './segment.js';
import { TopList, type Candidate } from './top-list.js';

/** Names the ranking that made a list; changes whenever the same input may give another list. */
export const MODEL_VERSION = 'prior-content-lift-1';

/** Candidates from which the list is chosen. */
const CANDIDATES = 100;

/** The place in the list, counted from 1, that a new item may take. */
const EXPLORATION_RANK = 10;

export interface RankingQuery extends Audience {
  readonly interests: readonly string[];
  /** How many items at most. */
  readonly limit: number;
  /** Lets one place be taken by a new item, the same one for the same key. */
  readonly explorationKey?: string | undefined;
}

export interface RankedItem {
  readonly itemId: string;
  readonly rank: number;
  readonly score: number;
  /** The interests that made the score, strongest first; none for an item that is there by popularity. */
  readonly because: readonly { readonly tag: string; readonly weight: number }[];
}

export interface RankedList {
  /** `partial`: some interests are unknown to the catalogue; `popular`: none is known. */
  readonly fallback: 'none' | 'partial' | 'popular';
  readonly modelVersion: string;
  readonly catalogueVersion: number;
  readonly items: readonly RankedItem[];
  /** The item that is there to become known. */
  readonly exploredItemId?: string | undefined;
}

/**
 * The best items for someone without a history: the highest scores, then of these the most different ones.
 * Identical whatever the order of the interests, and whenever the same catalogue is asked again.
 */
export function rank(index: CatalogueIndex, query: RankingQuery): RankedList {
  const asked = new Set(query.interests);
  const weights = index.weightsOf(asked);
  const candidates = topCandidates(index, weights, query, Math.max(CANDIDATES, query.limit));
  const chosen =
    weights.size === 0
      ? candidates.slice(0, query.limit)
      : diversify(candidates, query.limit, ({ segment, document }) => segment.tagsOf(document));
  const explored = explore(index, weights, query, chosen);
  return {
    fallback: weights.size === 0 ? 'popular' : weights.size < asked.size ? 'partial' : 'none',
    modelVersion: MODEL_VERSION,
    catalogueVersion: index.version,
    items: chosen.map((candidate, i) => ({
      itemId: candidate.id,
      rank: i + 1,
      score: candidate.score / BILLION,
      because: reasons(candidate, weights),
    })),
    exploredItemId: explored?.id,
  };
}

/** The `limit` highest scores, best first, before anything is done for variety. */
export function topCandidates(
  index: CatalogueIndex,
  weights: TagWeights,
  audience: Audience,
  limit: number,
): Candidate<Segment>[] {
  const top = new TopList<Segment>(limit);
  for (const segment of index.segments) {
    segment.search(weights, offeredTo(audience, segment.data), top);
  }
  return top.sorted();
}

/** Puts a new item into its place; what was there, and all behind it, move down by one. */
function explore(
  index: CatalogueIndex,
  weights: TagWeights,
  query: RankingQuery,
  chosen: Candidate<Segment>[],
): Candidate<Segment> | undefined {
  if (query.explorationKey === undefined || chosen.length < EXPLORATION_RANK) return undefined;
  const listed = new Set(chosen.map(({ id }) => id));
  const isListed = (id: string) => listed.has(id);
  const picked = pickNew(index, weights, query, query.explorationKey, isListed);
  if (!picked) return undefined;
  chosen.splice(EXPLORATION_RANK - 1, 0, picked);
  if (chosen.length > query.limit) chosen.pop();
  return picked;
}

/** What each interest adds to the score, by the item's own tags and by what others have opened. */
function reasons({ segment, document }: Candidate<Segment>, weights: TagWeights) {
  const carried = new Set(segment.tagsOf(document));
  return [...weights]
    .map(([tag, weight]) => {
      const content = carried.has(tag) ? weight : 0;
      return { tag, weight: (content + segment.liftOf(tag, document)) / BILLION };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || (a.tag < b.tag ? -1 : 1));
}
