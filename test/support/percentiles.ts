/** The value below which this share of all values lies (nearest rank); NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** To the hundredth. */
export function percentiles(values: readonly number[]): Percentiles {
  const at = (share: number) => Math.round(percentile(values, share) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
