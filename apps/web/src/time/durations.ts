const UNITS = [
  ['year', 365.25 * 86_400_000],
  ['month', 30.44 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A latency as it is read at a glance: `48 ms`, `1.2 s`, `3 min`. */
export function formatLatency(milliseconds: number, locale: string): string {
  const [unit, value] =
    milliseconds < 1_000
      ? (['millisecond', Math.round(milliseconds)] as const)
      : milliseconds < 60_000
        ? (['second', milliseconds / 1_000] as const)
        : milliseconds < 3_600_000
          ? (['minute', Math.round(milliseconds / 60_000)] as const)
          : (['hour', Math.round(milliseconds / 3_600_000)] as const);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'second' && value < 10 ? 1 : 0,
  }).format(value);
}

/** A rough duration in words, such as `3 hours`. */
export function roughDuration(milliseconds: number, locale: string): string {
  const [unit, length] = UNITS.find(([, ms]) => milliseconds >= ms) ?? (['second', 1_000] as const);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(milliseconds / length);
}
