import { CatalogueIndex } from '../../apps/recommendation-worker/src/ranking/catalogue-index.js';
import { diversify } from '../../apps/recommendation-worker/src/ranking/diversify.js';
import { hash } from '../../apps/recommendation-worker/src/ranking/hash.js';
import { topCandidates } from '../../apps/recommendation-worker/src/ranking/rank.js';
import { buildSegment } from '../../apps/recommendation-worker/src/ranking/segment-builder.js';
import type { SeededRandom } from '../support/seeded-random.js';
import type { TaggedItem } from './data-set.js';
import { learn } from './learn.js';
import type { Person } from './people.js';

/** Orders the items that a person is not known to have, best first; only the beginning is looked at. */
export type Ranker = (person: Person) => readonly string[];

const CANDIDATES = 100;
const BM25 = { k1: 1.2, b: 0.75 };

/** Everything that is compared, having learnt from the same people. */
export function rankersOf(
  items: readonly TaggedItem[],
  training: readonly Person[],
  random: SeededRandom,
): Record<string, Ranker> {
  const { openedBy, peopleWithTag, affinities } = learn(training);
  const tagsOf = new Map(items.map(({ id, tags }) => [id, tags]));
  const taken = (id: string) => openedBy.get(id) ?? 0;
  const idf = inverseFrequencies(items);
  const meanTags = items.reduce((sum, { tags }) => sum + tags.length, 0) / items.length;

  const byScore =
    (score: (item: TaggedItem, interests: ReadonlySet<string>) => number): Ranker =>
    ({ interests, known }) => {
      const asked = new Set(interests);
      return items
        .filter(({ id }) => !known.has(id))
        .map((item) => ({ id: item.id, score: score(item, asked), lot: hash(item.id) }))
        .toSorted((a, b) => b.score - a.score || a.lot - b.lot)
        .slice(0, CANDIDATES)
        .map(({ id }) => id);
    };

  const index = new CatalogueIndex({
    version: 1,
    base: buildSegment(
      items.map(({ id, tags }) => ({
        id,
        tags,
        language: 'en',
        countries: [],
        popularity: 0.5,
        openedBy: taken(id),
        isNew: false,
      })),
      affinities,
      training.length,
    ),
    peopleWithTag,
  });
  const candidates = ({ interests, known }: Person) =>
    topCandidates(index, index.weightsOf(interests), { language: 'en' }, CANDIDATES + known.size)
      .filter(({ id }) => !known.has(id))
      .slice(0, CANDIDATES);
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

  const shared = (tags: readonly string[], asked: ReadonlySet<string>) =>
    tags.filter((tag) => asked.has(tag));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const norm = (tags: Iterable<string>) =>
    Math.hypot(...Array.from(tags, (tag) => idf.get(tag) ?? 0)) || 1;

  return {
    random: byScore(() => random.next()),
    popularity: byScore(({ id }) => taken(id)),
    'tag overlap, ties by popularity': byScore(
      ({ id, tags }, asked) => shared(tags, asked).length + taken(id) / (training.length + 1),
    ),
    'TF-IDF cosine': byScore(
      ({ tags }, asked) =>
        sum(shared(tags, asked).map((tag) => idf.get(tag)! ** 2)) / (norm(tags) * norm(asked)),
    ),
    BM25: byScore(({ tags }, asked) => {
      const length = 1 - BM25.b + (BM25.b * tags.length) / meanTags;
      return sum(
        shared(tags, asked).map((tag) => (idf.get(tag)! * (BM25.k1 + 1)) / (1 + BM25.k1 * length)),
      );
    }),
    'the formula': (person) => ids(candidates(person)),
    'the formula + MMR': (person) =>
      ids(diversify(candidates(person), CANDIDATES, ({ id }) => tagsOf.get(id) ?? [])),
  };
}

function inverseFrequencies(items: readonly TaggedItem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const tag of items.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return new Map([...counts].map(([tag, count]) => [tag, Math.log(1 + items.length / count)]));
}
