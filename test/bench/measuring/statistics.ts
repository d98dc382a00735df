import { percentile } from '../../support/percentiles.js';

/** What several rounds came to. */
export interface Summary {
  readonly median: number;
  /** The largest value less the smallest, as a share of the median. */
  readonly spread: number;
  readonly values: readonly number[];
}

/** With a larger spread the machine was too noisy for the median to say much. */
export const NOISY = 0.25;

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  const range = Math.max(...values) - Math.min(...values);
  const spread = range === 0 ? 0 : range / Math.abs(middle);
  return { median: round(middle), spread: round(spread), values: values.map(round) };
}

/** Each round's quotient: what slows a whole round slows both, and cancels out. */
export function ratios(ours: readonly number[], reference: readonly number[]): Summary {
  if (ours.length !== reference.length) throw new Error('a round is missing on one side');
  return summarize(ours.map((value, i) => value / reference[i]!));
}

/** Of many times, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export const latency = (times: readonly number[]): Latency => ({
  p50: round(percentile(times, 0.5)),
  p95: round(percentile(times, 0.95)),
  p99: round(percentile(times, 0.99)),
});

/** To four digits, as more would only pretend. */
export const round = (value: number): number => Number(value.toPrecision(4));
