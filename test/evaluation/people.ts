import type { SeededRandom } from '../support/seeded-random.js';
import type { DataSet } from './data-set.js';

/** Someone whose choices are half known: one half tells their interests, the other is to be found. */
export interface Person {
  readonly interests: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly target: ReadonlySet<string>;
}

/** What one fold learns from, and whom it is measured by. */
export interface Fold {
  readonly training: readonly Person[];
  readonly test: readonly Person[];
}

const FOLDS = 5;
const DECLARED_TAGS = 5;
/** Who took fewer things is too little known to measure by. */
const MIN_TAKEN = 10;

/** Splits the people into five parts, each of which is once the one to be measured by. */
export function foldsOf(dataSet: DataSet, random: SeededRandom): Fold[] {
  const people = random.shuffled(splitPeople(dataSet, random));
  return Array.from({ length: FOLDS }, (_, fold) => ({
    training: people.filter((_person, i) => i % FOLDS !== fold),
    test: people.filter((_person, i) => i % FOLDS === fold),
  }));
}

function splitPeople({ items, taken }: DataSet, random: SeededRandom): Person[] {
  const tagsOf = new Map(items.map(({ id, tags }) => [id, tags]));
  const catalogue = sharesOf([...tagsOf.values()].flat());
  return [...taken.values()]
    .filter((ids) => ids.length >= MIN_TAKEN)
    .map((ids) => {
      const shuffled = random.shuffled(ids);
      const known = shuffled.slice(0, shuffled.length / 2);
      const tags = known.flatMap((id) => tagsOf.get(id) ?? []);
      return {
        interests: declare(tags, catalogue),
        known: new Set(known),
        target: new Set(shuffled.slice(known.length)),
      };
    });
}

/** The tags that are frequent with this person, and more so than in the catalogue. */
function declare(tags: readonly string[], catalogue: ReadonlyMap<string, number>): string[] {
  return [...sharesOf(tags)]
    .map(([tag, share]) => ({ tag, weight: share * Math.log(1 + share / catalogue.get(tag)!) }))
    .toSorted((a, b) => b.weight - a.weight || (a.tag < b.tag ? -1 : 1))
    .slice(0, DECLARED_TAGS)
    .map(({ tag }) => tag);
}

function sharesOf(tags: readonly string[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const tag of tags) shares.set(tag, (shares.get(tag) ?? 0) + 1 / tags.length);
  return shares;
}
