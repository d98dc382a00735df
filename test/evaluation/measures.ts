import { overlap } from '../../apps/recommendation-worker/src/ranking/diversify.js';

/** How good one list is for one person. */
export interface Measures {
  readonly ndcg: number;
  readonly recall: number;
  readonly reciprocalRank: number;
  readonly hit: number;
  /** Mean difference of the tags of two items of the list (1 − Jaccard). */
  readonly diversity: number;
}

/** The length of the list that is measured. */
export const CUTOFF = 10;

/** Relevance is taken or not; definitions: Manning, Raghavan, Schütze, Introduction to Information Retrieval, ch. 8. */
export function measure(
  list: readonly string[],
  target: ReadonlySet<string>,
  tagsOf: ReadonlyMap<string, readonly string[]>,
): Measures {
  const seen = list.slice(0, CUTOFF);
  const hits = seen.flatMap((id, position) => (target.has(id) ? [position] : []));
  const ideal = Array.from({ length: Math.min(CUTOFF, target.size) }, (_, position) => position);
  return {
    ndcg: gain(hits) / gain(ideal),
    recall: hits.length / target.size,
    reciprocalRank: hits.length === 0 ? 0 : 1 / (hits[0]! + 1),
    hit: hits.length === 0 ? 0 : 1,
    diversity: diversityOf(seen.map((id) => new Set(tagsOf.get(id)))),
  };
}

const gain = (positions: readonly number[]) =>
  positions.reduce((sum, position) => sum + 1 / Math.log2(position + 2), 0);

function diversityOf(tags: readonly ReadonlySet<string>[]): number {
  const pairs = tags.flatMap((a, i) => tags.slice(i + 1).map((b) => 1 - overlap(a, b)));
  return mean(pairs);
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of the differences, person by person, and half the width of its 95 % confidence interval. */
export function pairedDifference(a: readonly number[], b: readonly number[]) {
  const differences = a.map((value, i) => value - b[i]!);
  const difference = mean(differences);
  const variance =
    differences.reduce((sum, each) => sum + (each - difference) ** 2, 0) / (a.length - 1);
  // Of several hundred people: the normal distribution serves for Student's.
  return { difference, margin: 1.96 * Math.sqrt(variance / a.length) };
}
