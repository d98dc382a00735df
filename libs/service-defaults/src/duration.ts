import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** The milliseconds of a duration written with its unit (`500ms`, `10s`, `1m`, `24h`, `7d`), or undefined. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Number(match[1]) * UNITS[match[2] as Unit] : undefined;
}

/** The canonical spelling of a duration in milliseconds: its largest unit that divides it (`60000` is `1m`). */
export function formatDuration(milliseconds: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((u) => milliseconds % UNITS[u] === 0) ?? 'ms';
  return `${milliseconds / UNITS[unit]}${unit}`;
}

/** A configuration value such as `10s`; its output is milliseconds. */
export const duration = (): z.ZodType<number, string> =>
  z.string().transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined || milliseconds === 0) {
      context.addIssue({
        code: 'custom',
        message: 'expected a duration such as 500ms, 10s, 1m or 24h',
      });
      return z.NEVER;
    }
    return milliseconds;
  });
