import { randomBytes } from 'node:crypto';
import { Seen } from './seen.js';

const ids = (count: number) => {
  const bytes = randomBytes(8 * count);
  return Array.from({ length: count }, (_, i) => bytes.toString('base64url', 8 * i, 8 * i + 8));
};

describe('ids that were seen', () => {
  it('are new once', () => {
    const seen = new Seen();
    const mark = seen.markOf('aaaaaaaaaaa');

    expect(seen.has(mark)).toBe(false);
    expect([seen.add(mark), seen.add(mark)]).toEqual([true, false]);
    expect(seen.has(mark)).toBe(true);
  });

  it('are hardly ever taken for each other', () => {
    const seen = new Seen();
    const fresh = ids(20_000).filter((id) => seen.add(seen.markOf(id)));
    expect(fresh.length).toBeGreaterThan(19_800);
  });

  it('are forgotten before there are too many to tell them apart', () => {
    const seen = new Seen();
    for (const id of ids(2_000_000)) seen.add(seen.markOf(id));
    const taken = ids(2_000).filter((id) => seen.has(seen.markOf(id)));
    expect(taken.length).toBeLessThan(2_000 / 7);
  });
});
