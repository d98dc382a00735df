import { CatalogueIndex } from './catalogue-index.js';
import { MODEL_VERSION, rank, type RankingQuery } from './rank.js';
import { buildSegment, type Item } from './segment-builder.js';

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

const indexOf = (items: Item[]) =>
  new CatalogueIndex({ version: 7, base: buildSegment(items), peopleWithTag: new Map() });

const query = (properties: Partial<RankingQuery> = {}): RankingQuery => ({
  interests: [],
  language: 'en',
  limit: 100,
  ...properties,
});

const rankOf = (items: Item[], properties: Partial<RankingQuery> = {}) =>
  rank(indexOf(items), query(properties));

const idsOf = (items: Item[], properties: Partial<RankingQuery> = {}) =>
  rankOf(items, properties).items.map(({ itemId }) => itemId);

/** Sixty items of three tags; every tenth has the same popularity. */
const catalogue = () =>
  Array.from({ length: 60 }, (_, i) =>
    item(`item-${i}`, {
      tags: [`tag-${i % 5}`, `tag-${5 + (i % 7)}`, `tag-${12 + (i % 3)}`],
      popularity: (1 + (i % 10)) / 11,
    }),
  );

/** The same things in another order, always the same one. */
const shuffled = <T>(things: readonly T[]): T[] =>
  things
    .map((thing, i) => ({ thing, key: (i * 37) % 61 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ thing }) => thing);

describe('the ranking', () => {
  it('puts what a person asked for before what everybody likes', () => {
    const items = [
      ...Array.from({ length: 20 }, (_, i) => item(`hit-${i}`, { tags: ['pop'], popularity: 0.6 })),
      item('niche', { tags: ['jazz', 'vinyl'], popularity: 0.4 }),
    ];

    expect(idsOf(items, { interests: ['jazz', 'vinyl'] })[0]).toBe('niche');
    expect(idsOf(items).at(-1)).toBe('niche');
  });

  it('puts an item that fits two interests before one that fits one', () => {
    const items = [item('one', { tags: ['jazz'] }), item('both', { tags: ['jazz', 'vinyl'] })];

    expect(idsOf(items, { interests: ['jazz', 'vinyl'] })).toEqual(['both', 'one']);
  });

  it('gives a rare interest more weight than a common one', () => {
    const items = [
      ...Array.from({ length: 20 }, (_, i) => item(`music-${i}`, { tags: ['music'] })),
      item('rare', { tags: ['theremin'] }),
    ];

    expect(idsOf(items, { interests: ['music', 'theremin'] })[0]).toBe('rare');
  });

  it('puts the more popular of two equally fitting items first', () => {
    const items = [
      item('liked', { tags: ['jazz'], popularity: 0.6 }),
      item('loved', { tags: ['jazz'], popularity: 0.9 }),
    ];

    expect(idsOf(items, { interests: ['jazz'] })).toEqual(['loved', 'liked']);
  });

  it('scores the logarithm of the popularity + 0.3 · ln(1 + items / items with the tag), to nine decimals', () => {
    const items = [
      item('a', { tags: ['jazz', 'chess'], popularity: 0.5 }),
      item('b', { tags: ['jazz'] }),
      item('c'),
      item('d'),
    ];
    const first = rankOf(items, { interests: ['jazz', 'chess'] }).items[0]!;

    expect(first.itemId).toBe('a');
    // ln 0.5 = −0.693147181; 0.3 · ln 3 = 0.329583687; 0.3 · ln 5 = 0.482831374
    expect(first.score).toBe(0.11926788);
    expect(first.because).toEqual([
      { tag: 'chess', weight: 0.482831374 },
      { tag: 'jazz', weight: 0.329583687 },
    ]);
  });

  it('explains every score: the reasons add up to what popularity does not account for', () => {
    const items = catalogue();
    const popularity = new Map(items.map((i) => [i.id, i.popularity]));
    const ranked = rankOf(items, { interests: ['tag-0', 'tag-5', 'tag-12'] }).items;

    expect(ranked.filter(({ because }) => because.length === 3)).not.toEqual([]);
    for (const { itemId, score, because } of ranked) {
      const sum = because.reduce((total, { weight }) => total + weight, 0);
      expect(sum).toBeCloseTo(score - Math.log(popularity.get(itemId)!), 8);
    }
  });

  it('gives as reasons only the interests of the person, the strongest first', () => {
    const items = [...catalogue(), item('all', { tags: ['rare', 'tag-12', 'tag-0'] })];
    const all = rankOf(items, { interests: ['tag-12', 'rare'] }).items.find(
      ({ itemId }) => itemId === 'all',
    )!;

    expect(all.because.map(({ tag }) => tag)).toEqual(['rare', 'tag-12']);
  });

  it('numbers the items from 1', () => {
    const { items } = rankOf(catalogue(), { interests: ['tag-0'] });

    expect(items.map((i) => i.rank)).toEqual(items.map((_, i) => i + 1));
  });

  it('begins with the highest score', () => {
    const { items } = rankOf(catalogue(), { interests: ['tag-0'] });

    expect(items[0]!.score).toBe(Math.max(...items.map(({ score }) => score)));
  });

  it('answers with at most as many items as asked for', () => {
    const all = rankOf(catalogue(), { interests: ['tag-0'] }).items;

    expect(all).toHaveLength(60);
    expect(rankOf(catalogue(), { interests: ['tag-0'], limit: 7 }).items).toEqual(all.slice(0, 7));
  });

  it('says by which ranking and of which catalogue the list is', () => {
    const { modelVersion, catalogueVersion } = rankOf(catalogue());

    expect({ modelVersion, catalogueVersion }).toEqual({
      modelVersion: MODEL_VERSION,
      catalogueVersion: 7,
    });
  });

  it('understands twenty interests', () => {
    const interests = Array.from({ length: 20 }, (_, i) => `tag-${i}`);
    const { fallback, items } = rankOf(catalogue(), { interests, limit: 20 });

    expect(fallback).toBe('partial');
    expect(items[0]!.because.length).toBe(3);
  });

  it('has nothing to say about an empty catalogue', () => {
    expect(rankOf([], { interests: ['jazz'] })).toMatchObject({ fallback: 'popular', items: [] });
  });
});

describe('the same question', () => {
  const interests = ['tag-0', 'tag-5', 'tag-12', 'unheard-of'];
  const answer = () => JSON.stringify(rankOf(catalogue(), { interests }));

  it.each([
    ['in another order of interests', catalogue(), shuffled(interests).toReversed()],
    ['with an interest given twice', catalogue(), [...interests, 'tag-5']],
    ['in another order of items', shuffled(catalogue()), interests],
  ])('%s has the identical answer', (_how, items, asked) => {
    expect(JSON.stringify(rankOf(items, { interests: asked }))).toBe(answer());
  });

  it('lets no item be last among equals because of its name', () => {
    const equals = Array.from({ length: 20 }, (_, i) => item(`item-${i + 10}`));
    const names = equals.map(({ id }) => id);

    expect(idsOf(equals)).not.toEqual(names);
    expect(idsOf(equals)).not.toEqual(names.toReversed());
    expect(idsOf(equals).toSorted()).toEqual(names);
  });

  it('changes nothing in the catalogue', () => {
    const items = Object.freeze(catalogue().map(Object.freeze)) as Item[];

    expect(() => rankOf(items, { interests })).not.toThrow();
  });
});

const jazzAndHit = () => [
  item('jazz', { tags: ['jazz'], popularity: 0.2 }),
  item('hit', { tags: ['pop'], popularity: 0.9 }),
];

describe('interests that the catalogue does not know', () => {
  it('leave a list that is made from the others, marked as partial', () => {
    expect(rankOf(jazzAndHit(), { interests: ['jazz', 'unheard-of'] }).fallback).toBe('partial');
    expect(rankOf(jazzAndHit(), { interests: ['jazz'] }).fallback).toBe('none');
    expect(rankOf(jazzAndHit(), { interests: ['jazz', 'jazz'] }).fallback).toBe('none');
  });

  it.each([[['unheard-of']], [[]]])('alone, as %j, leave the popular list', (interests) => {
    const list = rankOf(jazzAndHit(), { interests });

    expect(list.fallback).toBe('popular');
    expect(list.items.map(({ itemId }) => itemId)).toEqual(['hit', 'jazz']);
    expect(list.items.flatMap(({ because }) => because)).toEqual([]);
  });
});

const fromAllOver = () => [
  item('english'),
  item('chinese', { language: 'zh-CN' }),
  item('german-only', { countries: ['DE', 'AT'] }),
  item('chinese-in-singapore', { language: 'zh-CN', countries: ['SG'] }),
];

describe('language and country', () => {
  it.each<[string, Partial<RankingQuery>, string[]]>([
    ['English from nowhere', {}, ['english']],
    ['English from Austria', { country: 'AT' }, ['english', 'german-only']],
    ['Chinese from nowhere', { language: 'zh-CN' }, ['chinese', 'english']],
    [
      'Chinese from Singapore',
      { language: 'zh-CN', country: 'SG' },
      ['chinese', 'chinese-in-singapore', 'english'],
    ],
  ])('of somebody who speaks %s decide what is offered', (_who, properties, offered) => {
    expect(idsOf(fromAllOver(), properties).toSorted()).toEqual(offered);
  });

  it('never score', () => {
    const scores = rankOf(fromAllOver(), { language: 'zh-CN', country: 'SG' }).items.map(
      ({ score }) => score,
    );

    expect(new Set(scores).size).toBe(1);
  });
});
