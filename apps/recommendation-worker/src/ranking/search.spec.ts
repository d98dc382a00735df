import { CatalogueIndex } from './catalogue-index.js';
import { hash } from './hash.js';
import { topCandidates } from './rank.js';
import { contentTerm, liftTerm, priorTerm, probability } from './score.js';
import { buffersOf } from './segment-data.js';
import { buildSegment, SegmentBuilder, type Affinity, type Item } from './segment-builder.js';

/** Repeatable random numbers: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PEOPLE = 300;

/** Larger than a block, with few different priors, so that there are many equals. */
function world(seed: number, size: number) {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const items: Item[] = Array.from({ length: size }, (_, i) => ({
    id: `item-${i}`,
    tags: Array.from({ length: below(4) }, () => `tag-${Math.floor(below(40) * random())}`),
    language: random() < 0.8 ? 'en' : 'zh-CN',
    countries: random() < 0.9 ? [] : ['DE', 'AT'],
    popularity: (1 + below(5)) / 10,
    openedBy: random() < 0.1 ? below(2) : 0,
    isNew: false,
  }));
  const affinities: Affinity[] = Array.from({ length: size / 10 }, (_, i) => ({
    tag: `tag-${i % 40}`,
    itemId: `item-${i * 7}`,
    people: 2 + below(40),
  }));
  const peopleWithTag = new Map(Array.from({ length: 20 }, (_, i) => [`tag-${i}`, below(100)]));
  return { items, affinities, peopleWithTag };
}

type World = ReturnType<typeof world>;

/** Every item scored by itself, all sorted: slow, and plainly right. */
function expected(
  { items, affinities, peopleWithTag }: World,
  interests: string[],
  language: string,
) {
  const count = (tag: string) => items.filter(({ tags }) => tags.includes(tag)).length;
  const weights = new Map(
    [...new Set(interests)]
      .map((tag) => [tag, count(tag)] as const)
      .filter(([, withTag]) => withTag > 0)
      .map(([tag, withTag]) => [
        tag,
        contentTerm(items.length, withTag, peopleWithTag.get(tag) ?? 0),
      ]),
  );
  return items
    .filter((item) => ['en', language].includes(item.language) && item.countries.length === 0)
    .map((item) => {
      const p = probability(item.popularity, item.openedBy, PEOPLE);
      const content = [...new Set(item.tags)].reduce(
        (sum, tag) => sum + (weights.get(tag) ?? 0),
        0,
      );
      const lift = affinities
        .filter(({ tag, itemId }) => itemId === item.id && weights.has(tag))
        .reduce((sum, { people }) => sum + liftTerm(people, p), 0);
      return { id: item.id, score: priorTerm(p) + content + lift };
    })
    .toSorted((a, b) => b.score - a.score || hash(a.id) - hash(b.id) || (a.id < b.id ? -1 : 1))
    .slice(0, 100);
}

function found(index: CatalogueIndex, interests: string[], language: string) {
  const candidates = topCandidates(index, index.weightsOf(interests), { language }, 100);
  return candidates.map(({ id, score }) => ({ id, score }));
}

const QUERIES = [
  [],
  ['tag-0'],
  ['tag-37'],
  ['unheard-of'],
  ['tag-3', 'tag-1', 'unheard-of', 'tag-35'],
  Array.from({ length: 20 }, (_, i) => `tag-${i * 2}`),
];
const LANGUAGES = ['en', 'zh-CN'];

describe('a search', () => {
  const whole = world(1, 9_000);
  const index = new CatalogueIndex({
    version: 1,
    base: buildSegment(whole.items, whole.affinities, PEOPLE),
    peopleWithTag: whole.peopleWithTag,
  });

  it.each(QUERIES)(
    'for %j %j %j … finds exactly what scoring every item by itself finds',
    (...tags) => {
      for (const language of LANGUAGES) {
        expect(found(index, tags, language)).toEqual(expected(whole, tags, language));
      }
    },
  );

  it('finds the same after it was taken to another thread', () => {
    const base = buildSegment(whole.items, whole.affinities, PEOPLE);
    const moved = structuredClone(base, { transfer: buffersOf(base) });
    const there = new CatalogueIndex({
      version: 1,
      base: moved,
      peopleWithTag: whole.peopleWithTag,
    });

    expect(base.priors).toHaveLength(0);
    expect(found(there, ['tag-1', 'tag-3'], 'en')).toEqual(found(index, ['tag-1', 'tag-3'], 'en'));
  });
});

describe('an index with changes', () => {
  const before = world(2, 5_000);
  const changed = world(3, 5_000).items.filter((_, i) => i % 17 === 0);
  const added = world(4, 300).items.map((item) => ({ ...item, id: `added-${item.id}` }));
  const changes = [...changed, ...added];
  const after = {
    ...before,
    items: [
      ...before.items.filter(({ id }) => !changed.some((item) => item.id === id)),
      ...changes,
    ],
  };
  const base = buildSegment(before.items, before.affinities, PEOPLE);
  const patched = new CatalogueIndex({
    version: 2,
    base,
    changes: buildSegment(changes, before.affinities, PEOPLE),
    peopleWithTag: before.peopleWithTag,
  });

  it.each(QUERIES)('answers %j %j %j … like one that was built anew', (...tags) => {
    const rebuilt = new CatalogueIndex({
      version: 2,
      base: buildSegment(after.items, after.affinities, PEOPLE),
      peopleWithTag: after.peopleWithTag,
    });

    expect(patched.size).toBe(after.items.length);
    expect(found(patched, tags, 'zh-CN')).toEqual(found(rebuilt, tags, 'zh-CN'));
  });

  it('leaves the base as it was for an index without them', () => {
    const plain = new CatalogueIndex({ version: 1, base, peopleWithTag: before.peopleWithTag });

    expect(found(plain, ['tag-1'], 'en')).toEqual(expected(before, ['tag-1'], 'en'));
  });
});

describe('a catalogue that is too large', () => {
  it.each([
    [{ items: 2_000_001, tags: 0, idBytes: 0 }, 'more than 2000000 items'],
    [{ items: 1, tags: 16_000_001, idBytes: 0 }, 'more than 16000000 tags'],
    [{ items: 1, tags: 0, idBytes: 200_000_001 }, 'more than 200000000 bytes of ids'],
  ])('is refused as %j, before memory is taken for it', (size, message) => {
    expect(() => new SegmentBuilder(size, 0)).toThrow(message);
  });

  it('is refused when it has too many different tags', () => {
    const tags = Array.from({ length: 65_536 }, (_, i) => `tag-${i}`);
    const [item] = world(5, 1).items as [Item];

    expect(() => buildSegment([{ ...item, tags }])).toThrow('more than 65535 different tags');
  });
});
