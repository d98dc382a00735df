import { latency, median, NOISY, ratios, summarize } from './statistics.js';

describe('the median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it('is not a number when there is nothing', () => {
    expect(median([])).toBeNaN();
  });

  it('does not touch what it is given', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('the summary of rounds', () => {
  it('tells the spread as a share of the median', () => {
    expect(summarize([90, 100, 120])).toEqual({
      median: 100,
      spread: 0.3,
      values: [90, 100, 120],
    });
  });

  it('is noisy when the rounds lie more than a quarter apart', () => {
    expect(summarize([90, 100, 116]).spread).toBeGreaterThan(NOISY);
    expect(summarize([90, 100, 114]).spread).toBeLessThan(NOISY);
  });

  it('has no spread with one round', () => {
    expect(summarize([7])).toEqual({ median: 7, spread: 0, values: [7] });
  });
});

describe('ratios', () => {
  it('are taken within each round, so that a slow round cancels out', () => {
    const summary = ratios([90, 45, 92], [100, 50, 100]);
    expect(summary.values).toEqual([0.9, 0.9, 0.92]);
    expect(summary.median).toBe(0.9);
  });

  it('are refused when a round is missing on one side', () => {
    expect(() => ratios([1, 2], [1])).toThrow('a round is missing');
  });
});

it('latencies are percentiles by nearest rank', () => {
  const times = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect(latency(times)).toEqual({ p50: 100, p95: 190, p99: 198 });
});
