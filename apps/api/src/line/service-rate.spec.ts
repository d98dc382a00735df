import { TestClock } from './clock.fixture.js';
import { ServiceRate } from './service-rate.js';

describe('the rate of hashes', () => {
  let clock: TestClock;
  let rate: ServiceRate;

  beforeEach(() => {
    clock = new TestClock();
    rate = new ServiceRate(clock, 10);
  });

  const hash = (times: number, everyMs: number, othersWait: boolean, isCalled = false) => {
    for (let i = 0; i < times; i++) {
      clock.pass(everyMs);
      rate.began(othersWait, isCalled, Infinity);
    }
  };

  it('is a guess at first', () => {
    expect(rate.perSecond).toBe(10);
  });

  it('is a guess that falls to what the door can hash, where nobody ever waits for the next hash', () => {
    rate.began(false, true, 4);
    expect(rate.perSecond).toBe(4);
  });

  it('forgets the guess within a second', () => {
    rate = new ServiceRate(clock, 100);
    hash(21, 50, true);
    expect(rate.perSecond).toBeLessThan(28);
  });

  it('is what is hashed while others wait', () => {
    hash(200, 20, true);
    expect(rate.perSecond).toBeGreaterThan(44);
    expect(rate.perSecond).toBeLessThan(51);
  });

  it('does not fall because too few come', () => {
    hash(2_000, 20, true);
    hash(100, 1_000, false);
    expect(rate.perSecond).toBeGreaterThan(44);
  });

  it('rises when nobody waits behind those who are called, until somebody does', () => {
    hash(200, 50, false, true);
    expect(rate.perSecond).toBeGreaterThan(20);
    hash(1_000, 50, false, true);
    expect(rate.perSecond).toBeLessThanOrEqual(40);
    hash(300, 25, true, true);
    expect(rate.perSecond).toBeGreaterThan(35);
    expect(rate.perSecond).toBeLessThan(45);
  });

  const crowd = (tickets: number, hashes: number, everyMs: number) => {
    for (let i = 0; i < hashes; i++) {
      for (let each = 0; each < tickets; each++) rate.gave();
      hash(1, everyMs, true);
    }
  };

  it('hardly falls while a crowd takes its tickets, which is over soon', () => {
    hash(1_000, 20, true);
    crowd(100, 200, 50);
    expect(rate.perSecond).toBeGreaterThan(44);
  });

  it('falls under a crowd that does not end', () => {
    hash(1_000, 20, true);
    crowd(100, 20_000, 50);
    expect(rate.perSecond).toBeGreaterThan(19);
    expect(rate.perSecond).toBeLessThan(22);
  });

  it('rises at once above a guess that was too low, in the middle of a crowd, too', () => {
    crowd(100, 50, 20);
    expect(rate.perSecond).toBeGreaterThan(40);
  });

  it('does not rise above what the door can hash', () => {
    for (let i = 0; i < 500; i++) {
      clock.pass(50);
      rate.began(false, true, 25);
    }
    expect(rate.perSecond).toBe(25);
  });

  it('forgets what it was half a minute ago', () => {
    hash(2_000, 20, true);
    hash(300, 100, true);
    expect(rate.perSecond).toBeGreaterThan(9);
    expect(rate.perSecond).toBeLessThan(13);
  });
});
