import { RecentlyUsed } from './recently-used.js';

describe('recently used keys', () => {
  it('have a slot each', () => {
    const slots = new RecentlyUsed(3);
    const given = ['a', 'b', 'c'].map((key) => slots.add(key));

    expect(new Set(given).size).toBe(3);
    expect(['a', 'b', 'c'].map((key) => slots.find(key))).toEqual(given);
    expect(slots.find('d')).toBeUndefined();
  });

  it('give the slot of the least recently used key to a new key', () => {
    const slots = new RecentlyUsed(3);
    const [, b] = ['a', 'b', 'c'].map((key) => slots.add(key));
    slots.find('a');

    expect(slots.add('d')).toBe(b);
    expect(slots.find('b')).toBeUndefined();
    expect(['c', 'a', 'd'].every((key) => slots.find(key) !== undefined)).toBe(true);
    slots.add('e');
    expect(slots.find('c')).toBeUndefined();
    expect(slots.size).toBe(3);
  });

  it('may be a single one', () => {
    const slots = new RecentlyUsed(1);
    slots.add('a');
    slots.add('b');

    expect([slots.find('a'), slots.find('b')]).toEqual([undefined, 0]);
  });
});
