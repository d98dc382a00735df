import { diversify, overlap } from './diversify.js';

const candidate = (id: string, score: number, ...tags: string[]) => ({ id, score, tags });
const choose = (candidates: ReturnType<typeof candidate>[], limit: number) =>
  diversify(candidates, limit, ({ tags }) => tags).map(({ id }) => id);

describe('variety', () => {
  const candidates = [
    candidate('jazz-1', 100, 'jazz'),
    candidate('jazz-2', 99, 'jazz'),
    candidate('chess', 90, 'chess'),
    candidate('last', 0, 'yoga'),
  ];

  it('puts something else between two of a kind', () => {
    expect(choose(candidates, 3)).toEqual(['jazz-1', 'chess', 'jazz-2']);
  });

  it('does not bring up what is irrelevant', () => {
    expect(choose(candidates, 4).at(-1)).toBe('last');
  });

  it('begins with the best, and keeps all when all are wanted', () => {
    expect(choose(candidates, 10)[0]).toBe('jazz-1');
    expect(choose(candidates, 10).toSorted()).toEqual(['chess', 'jazz-1', 'jazz-2', 'last']);
  });

  it('keeps the order of candidates that are equally good and equally unlike', () => {
    const equals = ['a', 'b', 'c'].map((id) => candidate(id, 5, id));

    expect(choose(equals, 3)).toEqual(['a', 'b', 'c']);
    expect(choose([], 3)).toEqual([]);
  });
});

describe('the overlap of tags', () => {
  it.each([
    [['a'], ['a'], 1],
    [['a', 'b'], ['b', 'c'], 1 / 3],
    [['a'], ['b'], 0],
    [[], [], 0],
  ])('of %j and %j is %d', (a, b, likeness) => {
    expect(overlap(new Set(a), new Set(b))).toBe(likeness);
  });
});
