import { TestClock } from './clock.fixture.js';
import { Fleet, type LineRow } from './fleet.js';

describe('the other instances', () => {
  let clock: TestClock;
  let fleet: Fleet;
  const none = () => 0;

  beforeEach(() => {
    clock = new TestClock();
    fleet = new Fleet(clock, 'own');
  });

  const row = (instance: string, of: Partial<LineRow> = {}): LineRow => ({
    instance,
    at: clock.now(),
    issued: 100,
    served: 40,
    due: 60,
    gone: 10,
    rate: 30,
    tail: 300,
    ...of,
  });

  it('are the sum of their rows, the own one left out', () => {
    fleet.take([row('a'), row('b', { rate: 15 }), row('own')], none);

    expect(fleet.size).toBe(2);
    expect(fleet.issued(0)).toBe(200);
    expect(fleet.rate).toBe(45);
    expect(fleet.length).toBe(100);
  });

  it('tell what came to their counts since the rows before', () => {
    expect(fleet.take([row('a'), row('b')], none)).toEqual({ served: 0, due: 0, gone: 0 });
    clock.pass(1_000);
    const rows = [row('a', { served: 47, due: 65 }), row('b', { served: 52, gone: 7 })];
    expect(fleet.take(rows, none)).toEqual({ served: 19, due: 5, gone: -3 });
    expect(fleet.take(rows, none)).toEqual({ served: 0, due: 0, gone: 0 });
  });

  it('are assumed to give as many numbers as this instance since their rows', () => {
    const rows = [row('a'), row('b')];
    const since = clock.now();
    clock.pass(1_000);
    fleet.take(rows, (time) => (time === since ? 33 : NaN));

    expect(fleet.issued(0)).toBe(266);
    expect(fleet.issued(10)).toBe(286);
  });

  it('lose their rate after five silent seconds, not their numbers', () => {
    fleet.take([row('a')], none);
    clock.pass(5_000);
    fleet.take([], () => 33);

    expect(fleet.rate).toBe(0);
    expect(fleet.issued(10)).toBe(100);
  });

  it('are forgotten after an hour, the numbers they gave excepted', () => {
    fleet.take([row('a')], none);
    clock.pass(3_600_000);
    fleet.take([], none);

    expect(fleet.size).toBe(0);
    expect(fleet.issued(0)).toBe(100);
  });
});
