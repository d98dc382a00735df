import { SeededRandom } from '../../support/seeded-random.js';
import { Events } from './events.js';

describe('events on a virtual clock', () => {
  it('happen by time, and in the order in which they were added', () => {
    const events = new Events(100);
    const random = new SeededRandom(1);
    const happened: number[] = [];
    for (let i = 0; i < 1_000; i++) {
      events.after(Math.floor(random.next() * 50), () => happened.push(events.now()));
    }
    const same: string[] = [];
    for (const name of ['a', 'b', 'c']) events.after(60, () => same.push(name));
    events.run(() => false);

    expect(happened).toHaveLength(1_000);
    expect(happened).toEqual(happened.toSorted((a, b) => a - b));
    expect(same).toEqual(['a', 'b', 'c']);
    expect(events.now()).toBe(160);
  });

  it('stop when all is over', () => {
    const events = new Events(0);
    const again = () => events.after(1, again);
    again();
    events.run(() => events.now() >= 10);
    expect(events.now()).toBe(10);
  });
});
