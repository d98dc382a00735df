import { ReturnedRatio } from './returned-ratio.js';

describe('the ratio of those who come back', () => {
  let ratio: ReturnedRatio;

  beforeEach(() => {
    ratio = new ReturnedRatio();
    ratio.restart(70);
  });

  const seconds = (count: number, due: number, came: number) => {
    for (let i = 0; i < count; i++) ratio.add(due, due - came, 1_000);
  };

  it('is 90 % before any turn has come', () => {
    expect(new ReturnedRatio().value).toBe(0.9);
    expect(ratio.value).toBeCloseTo(0.9);
  });

  it('is the measured share after a few seconds', () => {
    seconds(5, 70, 35);
    expect(ratio.value).toBeGreaterThan(0.49);
    expect(ratio.value).toBeLessThan(0.58);
  });

  it('follows when the next ones come more often', () => {
    seconds(60, 70, 7);
    seconds(30, 70, 70);
    expect(ratio.value).toBeGreaterThan(0.95);
  });

  it('is never zero', () => {
    seconds(600, 70, 0);
    expect(ratio.value).toBe(0.02);
  });

  it.each([
    [25, true],
    [15, true],
    [40, false],
    [90, false],
  ])('of %d %% is low: %s', (percent, isLow) => {
    seconds(60, 100, percent);
    expect(ratio.isLow).toBe(isLow);
  });
});
