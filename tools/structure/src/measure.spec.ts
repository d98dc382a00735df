import { measure, type Import } from './measure.js';

const ROOT = 'apps/api/src';
const at = (path: string) => `${ROOT}/${path}.ts`;
const FILES = ['a/one', 'a/two', 'b/three', 'c/deep/four', 'main'].map(at);
const importing = (...pairs: [string, string][]): Import[] =>
  pairs.map(([from, to]) => ({ from: at(from), to: at(to) }));

describe('the structure of a root', () => {
  it('counts the folders directly below it, and no file of its own', () => {
    expect(measure(ROOT, FILES, [], ['a', 'b', 'c'])).toMatchObject({
      folders: 3,
      levels: 1,
      imports: 0,
      against: 0,
    });
  });

  it('counts a pair of folders once, whatever number of files import', () => {
    const imports = importing(['b/three', 'a/one'], ['b/three', 'a/two'], ['a/one', 'a/two']);
    expect(measure(ROOT, FILES, imports, ['a', 'b', 'c'])).toMatchObject({
      imports: 1,
      levels: 2,
      against: 0,
    });
  });

  it('counts what runs against the order, and names it', () => {
    const imports = importing(['a/one', 'c/deep/four'], ['b/three', 'a/one']);
    expect(measure(ROOT, FILES, imports, ['a', 'b', 'c'])).toMatchObject({
      against: 1,
      offending: ['a -> c'],
      levels: 3,
    });
  });

  it('merges a circle into one level', () => {
    const imports = importing(['a/one', 'b/three'], ['b/three', 'a/two'], ['c/deep/four', 'a/one']);
    expect(measure(ROOT, FILES, imports, ['a', 'b', 'c'])).toMatchObject({
      levels: 2,
      imports: 3,
      against: 1,
    });
  });

  it('does not count what the root itself imports', () => {
    expect(measure(ROOT, FILES, importing(['main', 'a/one']), ['a', 'b', 'c'])).toMatchObject({
      imports: 0,
    });
  });

  it('refuses a folder without a place, and a place without a folder', () => {
    expect(() => measure(ROOT, FILES, [], ['a', 'b'])).toThrow(
      'add c to tools/structure/order.json',
    );
    expect(() => measure(ROOT, FILES, [], ['a', 'b', 'c', 'd'])).toThrow(
      'remove d from tools/structure/order.json',
    );
  });
});
