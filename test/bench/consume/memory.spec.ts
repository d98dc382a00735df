import { growthOf } from './memory.js';

const course = (...megabytes: number[]) =>
  megabytes.map((each, i) => ({ events: (i * 50_000) / (megabytes.length - 1), megabytes: each }));

describe('the growth of a process', () => {
  it('does not count what it takes to get going', () => {
    expect(growthOf(course(40, 90, 100, 100, 100, 100)).growth).toBe(1);
  });

  it('is seen when it goes on', () => {
    const leaking = course(40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240);
    expect(growthOf(leaking)).toEqual({ megabytes: 230, growth: 2.091 });
  });

  it('is that to the next sample when one was too quick', () => {
    const samples = [
      { events: 0, megabytes: 50 },
      { events: 45_000, megabytes: 90 },
      { events: 50_000, megabytes: 90 },
    ];
    expect(growthOf(samples)).toEqual({ megabytes: 90, growth: 1 });
  });
});
