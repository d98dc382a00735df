import { CatalogueIndex } from './catalogue-index.js';
import { rank, type RankingQuery } from './rank.js';
import { buildSegment, type Affinity, type Item } from './segment-builder.js';

const item = (id: string, properties: Partial<Item> = {}): Item => ({
  id,
  tags: [],
  language: 'en',
  countries: [],
  popularity: 0.5,
  openedBy: 0,
  isNew: false,
  ...properties,
});

const indexOf = (
  items: Item[],
  { affinities = [] as Affinity[], people = 0, peopleWithTag = {} } = {},
) =>
  new CatalogueIndex({
    version: 7,
    base: buildSegment(items, affinities, people),
    peopleWithTag: new Map(Object.entries(peopleWithTag)),
  });

const query = (properties: Partial<RankingQuery> = {}): RankingQuery => ({
  interests: [],
  language: 'en',
  limit: 100,
  ...properties,
});

/** Sixty items of three tags; every tenth has the same popularity. */
const catalogue = () =>
  Array.from({ length: 60 }, (_, i) =>
    item(`item-${i}`, {
      tags: [`tag-${i % 5}`, `tag-${5 + (i % 7)}`, `tag-${12 + (i % 3)}`],
      popularity: (1 + (i % 10)) / 11,
    }),
  );

/** Ten items of jazz, of which people with the interest `chess` opened the seventh. */
const learnt = (people: number) => {
  const items = Array.from({ length: 10 }, (_, i) =>
    item(`jazz-${i}`, { tags: ['jazz'], openedBy: i === 6 ? people : 0 }),
  );
  return indexOf([...items, item('board', { tags: ['chess'] })], {
    affinities: [{ tag: 'chess', itemId: 'jazz-6', people }],
    people,
    peopleWithTag: { chess: people },
  });
};

describe('what others with the same interest have opened', () => {
  it('comes before what only carries the tag, the longer the more people there are', () => {
    const first = (people: number) =>
      rank(learnt(people), query({ interests: ['chess'] })).items[0]!.itemId;

    expect(first(0)).toBe('board');
    expect(first(500)).toBe('jazz-6');
  });

  it('is a reason, though the item does not carry the tag', () => {
    const { items } = rank(learnt(50), query({ interests: ['chess'] }));
    const opened = items.find(({ itemId }) => itemId === 'jazz-6')!;

    // p = (50 + 0.5) / 51; ln(1 + 50 / (100 · p))
    expect(opened.because).toEqual([{ tag: 'chess', weight: 0.408760004 }]);
    expect(opened.score).toBeCloseTo(Math.log(50.5 / 51) + 0.408760004, 8);
  });

  it('says nothing to those who have another interest', () => {
    const { items } = rank(learnt(50), query({ interests: ['jazz'] }));

    expect(items[0]!.because.map(({ tag }) => tag)).toEqual(['jazz']);
    expect(items.every(({ because }) => because.every(({ tag }) => tag === 'jazz'))).toBe(true);
  });
});

describe('a new item', () => {
  const interests = ['tag-0'];
  const withNew = () => indexOf([...catalogue(), ...news]);
  const news = Array.from({ length: 30 }, (_, i) =>
    item(`new-${i}`, { tags: [`tag-${i % 5}`], popularity: 0.01, isNew: true }),
  );
  const listFor = (explorationKey?: string) =>
    rank(withNew(), query({ interests, limit: 20, explorationKey }));

  it('of the interests of the person takes the tenth place', () => {
    const { items, exploredItemId } = listFor('mei');

    expect(items[9]!.itemId).toBe(exploredItemId);
    expect(exploredItemId).toMatch(/^new-(0|5|10|15|20|25)$/);
    expect(items[9]!.because.map(({ tag }) => tag)).toEqual(['tag-0']);
    expect(items).toHaveLength(20);
    expect(items.toSpliced(9, 1).map(({ itemId }) => itemId)).toEqual(
      listFor()
        .items.slice(0, 19)
        .map(({ itemId }) => itemId),
    );
  });

  it('is the same for the same person, and another for others', () => {
    const people = Array.from({ length: 30 }, (_, i) => `person-${i}`);

    expect(listFor('mei')).toEqual(listFor('mei'));
    expect(new Set(people.map((id) => listFor(id).exploredItemId)).size).toBeGreaterThan(3);
  });

  it('takes no place where nobody is named, the list is short, or no interest is known', () => {
    expect(listFor().exploredItemId).toBeUndefined();
    const short = query({ interests, limit: 9, explorationKey: 'mei' });
    expect(rank(withNew(), short).exploredItemId).toBeUndefined();
    const unknown = query({ interests: ['unheard-of'], limit: 20, explorationKey: 'mei' });
    expect(rank(withNew(), unknown).exploredItemId).toBeUndefined();
  });

  it('is never offered where it is not available', () => {
    const hidden = news.map((each) => ({ ...each, countries: ['DE'] }));
    const list = rank(
      indexOf([...catalogue(), ...hidden]),
      query({ interests, limit: 20, explorationKey: 'mei' }),
    );

    expect(list.exploredItemId).toBeUndefined();
  });
});
