import { SeededRandom } from '../support/seeded-random.js';
import type { DataSet } from './data-set.js';
import { CUTOFF, mean, measure, pairedDifference, type Measures } from './measures.js';
import { foldsOf } from './people.js';
import { rankersOf } from './rankers.js';

/** One line of the table. */
export interface Result {
  readonly method: string;
  readonly ndcg: number;
  readonly recall: number;
  readonly mrr: number;
  readonly hitRate: number;
  /** The share of the catalogue that anybody is shown. */
  readonly coverage: number;
  readonly diversity: number;
  /** Of NDCG, against popularity. */
  readonly gain: { readonly difference: number; readonly margin: number };
}

export interface Evaluation {
  readonly people: number;
  readonly results: readonly Result[];
}

const BASELINE = 'popularity';

/** Measures every method on the same people, each of whom is measured once. */
export function evaluate(dataSet: DataSet, seed: number): Evaluation {
  const random = new SeededRandom(seed);
  const tagsOf = new Map(dataSet.items.map(({ id, tags }) => [id, tags]));
  const measures = new Map<string, Measures[]>();
  const shown = new Map<string, Set<string>>();
  for (const { training, test } of foldsOf(dataSet, random)) {
    for (const [method, ranker] of Object.entries(rankersOf(dataSet.items, training, random))) {
      const items = shown.get(method) ?? new Set();
      shown.set(method, items);
      const lists = test.map((person) => ({ list: ranker(person), target: person.target }));
      for (const { list } of lists) for (const id of list.slice(0, CUTOFF)) items.add(id);
      const measured = lists.map(({ list, target }) => measure(list, target, tagsOf));
      measures.set(method, [...(measures.get(method) ?? []), ...measured]);
    }
  }
  const ndcgs = (method: string) => measures.get(method)!.map(({ ndcg }) => ndcg);
  const results = [...measures].map(([method, all]) => ({
    method,
    ndcg: mean(all.map(({ ndcg }) => ndcg)),
    recall: mean(all.map(({ recall }) => recall)),
    mrr: mean(all.map(({ reciprocalRank }) => reciprocalRank)),
    hitRate: mean(all.map(({ hit }) => hit)),
    coverage: shown.get(method)!.size / dataSet.items.length,
    diversity: mean(all.map(({ diversity }) => diversity)),
    gain: pairedDifference(ndcgs(method), ndcgs(BASELINE)),
  }));
  return { people: ndcgs(BASELINE).length, results };
}
