import { z } from 'zod';
import { parseDuration } from './duration.js';

/** So many in so long a time. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** A configuration value such as `300/1m`; `off` is no limit. */
export const rate = (): z.ZodType<Rate | 'off', string> =>
  z.string().transform((text, context) => {
    if (text === 'off') return text;
    const [, count, per] = /^([1-9]\d{0,8})\/(\w+)$/.exec(text) ?? [];
    const perMs = parseDuration(per ?? '');
    if (count && perMs) return { count: Number(count), perMs };
    context.addIssue({ code: 'custom', message: 'expected a rate such as 300/1m, or off' });
    return z.NEVER;
  });
