import { TestClock } from './clock.fixture.js';
import { Fleet } from './fleet.js';
import { Numbers } from './numbers.js';

describe('the numbers of the line', () => {
  let clock: TestClock;
  let numbers: Numbers;

  beforeEach(() => {
    clock = new TestClock();
    numbers = new Numbers(clock, new Fleet(clock, 'own'));
  });

  const rowOf = (issued: number) => ({
    instance: 'other',
    at: clock.now(),
    issued,
    served: 0,
    due: 0,
    gone: 0,
    rate: 1,
    tail: 0,
  });

  it('go on one by one', () => {
    expect([numbers.next(), numbers.next(), numbers.next()]).toEqual([1, 2, 3]);
    expect(numbers.given).toBe(3);
  });

  it('go on after those that another instance gave, and is giving meanwhile', () => {
    numbers.take([rowOf(100)]);
    expect([numbers.next(), numbers.next()]).toEqual([102, 104]);
    clock.pass(1_000);
    numbers.take([rowOf(103)]);
    expect(numbers.last).toBe(105);
  });

  it('go on after one that is ahead, and never back', () => {
    numbers.skipTo(50);
    expect(numbers.next()).toBe(51);
    numbers.skipTo(20);
    expect(numbers.next()).toBe(52);
  });
});
