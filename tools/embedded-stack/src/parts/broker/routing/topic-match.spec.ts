import { topicMatches, wordsOf } from './topic-match.js';

const matches = (pattern: string, key: string) => topicMatches(wordsOf(pattern), wordsOf(key));

/** The definition itself, slow as it is. */
function matchesByDefinition([first, ...rest]: string[], words: string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '#')
    return Array.from({ length: words.length + 1 }, (_, skipped) => skipped).some((skipped) =>
      matchesByDefinition(rest, words.slice(skipped)),
    );
  if (words.length === 0 || (first !== '*' && first !== words[0])) return false;
  return matchesByDefinition(rest, words.slice(1));
}

/** All sequences of up to `length` of these. */
function sequences(of: readonly string[], length: number): string[][] {
  if (length === 0) return [[]];
  const shorter = sequences(of, length - 1);
  const longest = shorter.filter((each) => each.length === length - 1);
  return [...shorter, ...longest.flatMap((each) => of.map((one) => [...each, one]))];
}

it('takes the same keys as the definition, for all short patterns and keys', () => {
  const keys = sequences(['a', 'b'], 5);
  const differing = sequences(['a', 'b', '*', '#'], 4).flatMap((pattern) =>
    keys.filter((key) => topicMatches(pattern, key) !== matchesByDefinition(pattern, key)),
  );
  expect(differing).toEqual([]);
});

it.each([
  ['', '', true],
  ['', '.', false],
  ['*', '', false],
  ['#', '', true],
  ['*.*', '.', true],
  ['a.#', 'a', true],
  ['a.#', 'a.', true],
  ['#.b', '.b', true],
])('%p and the key %p: %p', (pattern, key, expected) => {
  expect(matches(pattern, key)).toBe(expected);
});

it('takes no longer than both lengths multiplied, whatever the pattern', () => {
  const pattern = Array.from({ length: 60 }, () => ['#', 'a']).flat();
  const words = [...Array.from({ length: 5_000 }, () => 'a'), 'b'];
  expect(topicMatches(pattern, words)).toBe(false);
});
