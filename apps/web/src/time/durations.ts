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
  return format(value, locale, {
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'second' && value < 10 ? 1 : 0,
  });
}

/** A rough duration in words, such as `3 hours`. */
export function roughDuration(milliseconds: number, locale: string): string {
  const [unit, length] = UNITS.find(([, ms]) => milliseconds >= ms) ?? (['second', 1_000] as const);
  return format(milliseconds / length, locale, {
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  });
}

/** How long to wait, in words: never less than asked for. */
export function waitingTime(milliseconds: number, locale: string): string {
  const [, unit] = UNITS.find(([, ms]) => milliseconds >= ms) ?? (['second', 1_000] as const);
  return roughDuration(Math.ceil(milliseconds / unit) * unit, locale);
}

/** When something was: the time of today, or else the day. */
export function formatMoment(iso: string, locale: string, now = new Date()): string {
  const moment = new Date(iso);
  return moment.toDateString() === now.toDateString()
    ? moment.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
    : moment.toLocaleDateString(locale, { dateStyle: 'medium' });
}

/** Chinese units follow their number without a space there; the page's own texts have one. */
const format = (value: number, locale: string, options: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(locale, { style: 'unit', ...options })
    .format(value)
    .replace(/(\d)(?=\p{Script=Han})/u, '$1\u00a0');
