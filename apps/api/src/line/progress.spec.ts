import { TestClock } from './clock.fixture.js';
import type { LineRow } from './fleet.js';
import { Progress } from './progress.js';
import { Seen } from './seen.js';

describe('one line over all instances', () => {
  let clock: TestClock;
  let rows: Map<string, LineRow>;

  beforeEach(() => {
    clock = new TestClock();
    rows = new Map();
  });

  const start = (name: string, perSecond = 10, places = Infinity) =>
    new Progress(clock, name, perSecond, new Seen(), { places, mostPerSecond: Infinity });

  const beat = (...instances: Progress[]) => {
    for (const instance of instances) {
      const row = instance.beat([...rows.values()]);
      rows.set(row.instance, row);
    }
  };

  /** Each gives so many tickets in a second. */
  const give = (count: number, ...instances: Progress[]) => {
    for (let i = 0; i < count; i++) {
      clock.pass(1_000 / count);
      for (const instance of instances) instance.issue(clock.now() + instance.nextWaitMs(0), 0);
    }
  };

  const hashHundred = (instance: Progress) => {
    for (let number = 1; number <= 100; number++) {
      clock.pass(100);
      instance.began(number, true, true);
    }
  };

  it('has places and turns from the sum', () => {
    const [a, b] = [start('a', 10), start('b', 30)];
    beat(a, b, a);
    give(200, a, b);

    // 400 tickets less those of one second, of whom nine in ten come, 40 a second.
    expect(a.ratePerSecond).toBe(40);
    expect(a.nextWaitMs(0)).toBeGreaterThan(7_000);
    expect(a.nextWaitMs(0)).toBeLessThan(8_500);
    expect(Math.abs(a.nextWaitMs(0) - b.nextWaitMs(0))).toBeLessThan(300);
    beat(a, b, a);
    expect(Math.abs(a.nextWaitMs(0) - b.nextWaitMs(0))).toBeLessThan(300);
    expect(a.state.length).toBeGreaterThan(300);
  });

  it('calls people no earlier than there is a place at the door', () => {
    const [wide, narrow] = [start('wide'), start('narrow', 10, 1)];
    give(50, wide, narrow);

    // Half a second, or the tenth of a second that one place is worth.
    expect(narrow.nextWaitMs(0) - wide.nextWaitMs(0)).toBeCloseTo(400);
  });

  it('begins behind those who are at the door', () => {
    const a = start('a');
    expect(a.nextWaitMs(50)).toBeGreaterThan(4_000);
    const number = a.issue(clock.now() + a.nextWaitMs(50), 50);

    expect(a.placeOf(number)).toBeGreaterThanOrEqual(50);
    clock.pass(4_000);
    expect(a.waitMs(number)).toBeLessThan(1_500);
    expect(a.waitMs(number)).toBeGreaterThan(0);
  });

  it('goes on for an instance that starts', () => {
    const a = start('a');
    beat(a);
    give(200, a);
    beat(a);
    const next = start('next');
    beat(next);

    expect(next.isOver).toBe(false);
    expect(next.state.length).toBeGreaterThan(150);
    expect(next.issue(clock.now(), 0)).toBeGreaterThan(200);
  });

  it('starts at the present front of the line', () => {
    const a = start('a');
    give(200, a);
    hashHundred(a);
    beat(a);
    const next = start('next');
    beat(next);

    expect(Math.abs(next.nextWaitMs(0) - a.nextWaitMs(0))).toBeLessThan(1_500);
    expect(next.state.length).toBeLessThan(110);
  });

  it('is joined by an instance that has given tickets before it heard of it', () => {
    const a = start('a');
    give(200, a);
    hashHundred(a);
    beat(a);
    const next = start('next');
    give(1, next);
    beat(next);

    expect(Math.abs(next.nextWaitMs(0) - a.nextWaitMs(0))).toBeLessThan(1_500);
    expect(next.state.length).toBeLessThan(115);
  });

  it('keeps its numbers when a ticket has said before how far it is', () => {
    const a = start('a');
    give(200, a);
    beat(a);
    const next = start('next');
    const ticket = { number: 190, arrival: clock.now() - 10_000, turn: clock.now() + 15_000 };
    next.learn({ ...ticket, id: 'some', expiry: Infinity, isSeen: false });
    beat(next, a);

    expect(next.issue(clock.now(), 0)).toBeLessThan(210);
    expect(Math.abs(next.waitMs(190) - a.waitMs(190))).toBeLessThan(1_500);
  });

  it('has no place for a number that was never given', () => {
    const a = start('a');
    give(20, a);
    expect(a.waitMs(10_000)).toBe(a.nextWaitMs(0));
  });

  it('continues after the numbers of forgotten instances', () => {
    const a = start('a');
    beat(a);
    rows.set('a', { ...rows.get('a')!, issued: 200, served: 150, tail: 700 });
    const next = start('next');
    beat(next);

    expect(next.issue(clock.now(), 0)).toBeGreaterThan(700);
    expect(next.state.length).toBeLessThan(60);
  });

  it('goes on for an instance that starts after the last one died', () => {
    const a = start('a');
    give(200, a);
    beat(a);
    clock.pass(10_000);
    const next = start('next');
    beat(next);

    expect(next.ratePerSecond).toBe(10);
    expect(next.state.length).toBeGreaterThan(150);
    expect(next.issue(clock.now(), 0)).toBe(201);
  });

  it('does not reckon with the rate of an instance that is silent for five seconds', () => {
    const [a, b] = [start('a'), start('b')];
    beat(b, a);
    expect(a.ratePerSecond).toBe(20);
    clock.pass(5_000);
    beat(a);
    expect(a.ratePerSecond).toBe(10);
  });

  it('is each instance’s own without the others’ rows', () => {
    const a = start('a');
    give(200, a);
    a.beat([]);
    expect(a.ratePerSecond).toBe(10);
    expect(a.nextWaitMs(0)).toBeGreaterThan(15_000);
  });
});
