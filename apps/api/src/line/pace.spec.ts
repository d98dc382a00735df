import { Pace } from './pace.js';

describe('the pace', () => {
  const START = 1_000_000;

  it('tells how many there were since a time', () => {
    const pace = new Pace();
    for (let i = 0; i < 300; i++) pace.note(START + i * 10);

    const now = START + 3_000;
    expect(pace.since(START + 1_999, now)).toBe(100);
    expect(pace.since(START + 2_899, now)).toBe(10);
    expect(pace.since(START - 1, now)).toBe(300);
    expect(pace.since(now, now)).toBe(0);
  });

  it('forgets what was long ago', () => {
    const pace = new Pace();
    for (let i = 0; i < 100; i++) pace.note(START);

    expect(pace.since(0, START + 5_000)).toBe(100);
    expect(pace.since(0, START + 6_000)).toBe(0);
  });
});
