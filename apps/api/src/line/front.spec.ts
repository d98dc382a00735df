import { Front } from './front.js';

describe('the front of the line', () => {
  const START = 1_000_000;

  it('moves on by the time, and not past the last number', () => {
    const front = new Front(START);
    front.advance(START + 2_000, 70, 1_000);
    expect(front.number).toBeCloseTo(140);
    front.advance(START + 100_000, 70, 1_000);
    expect(front.number).toBe(1_000);
  });

  it('waits for those who come later than reckoned', () => {
    const front = new Front(START);
    let worst = 0;
    for (let number = 1; number <= 2_000; number++) {
      // 50 come in a second, and 70 are reckoned with.
      front.advance(START + number * 20, 70, 20_000);
      front.correct(number, 70, 70);
      worst = Math.max(worst, front.number - number);
    }
    expect(worst).toBeLessThan(25);
  });

  it('catches up with those who come sooner than reckoned', () => {
    const front = new Front(START);
    for (let number = 1; number <= 2_000; number++) {
      front.advance(START + number * 10, 70, 20_000);
      front.correct(number, 70, 70);
    }
    expect(front.number).toBeGreaterThan(1_950);
  });

  it('is hardly moved by one who is far from it', () => {
    const front = new Front(START);
    front.set(10_000, START);
    front.correct(1, 70, 70);
    expect(front.number).toBeGreaterThan(9_990);
    front.correct(20_000, 70, 70);
    expect(front.number).toBeLessThan(10_010);
  });
});
