import type { Affinity } from '../../apps/recommendation-worker/src/ranking/segment-builder.js';
import type { Person } from './people.js';

/** What the worker counts in PostgreSQL, counted here of the people to learn from, with the same bounds. */
export interface Counts {
  readonly openedBy: ReadonlyMap<string, number>;
  readonly peopleWithTag: ReadonlyMap<string, number>;
  readonly affinities: readonly Affinity[];
}

const MIN_PEOPLE = 2;
const MAX_PER_TAG = 1_000;

export function learn(people: readonly Person[]): Counts {
  const openedBy = new Map<string, number>();
  const peopleWithTag = new Map<string, number>();
  const byTag = new Map<string, Map<string, number>>();
  for (const { interests, known, target } of people) {
    const taken = [...known, ...target];
    for (const id of taken) increment(openedBy, id);
    for (const tag of interests) {
      increment(peopleWithTag, tag);
      const items = byTag.get(tag) ?? new Map<string, number>();
      byTag.set(tag, items);
      for (const id of taken) increment(items, id);
    }
  }
  const affinities = [...byTag].flatMap(([tag, items]) =>
    [...items]
      .map(([itemId, count]) => ({ tag, itemId, people: count }))
      .filter(({ people: count }) => count >= MIN_PEOPLE)
      .toSorted((a, b) => b.people - a.people || (a.itemId < b.itemId ? -1 : 1))
      .slice(0, MAX_PER_TAG),
  );
  return { openedBy, peopleWithTag, affinities };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
