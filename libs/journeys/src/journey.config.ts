import { defineConfig, parseDuration } from '#libs/service-defaults';
import { z } from 'zod';

/** A day after the sign-up's, and a time of that day, as the person's clock shows it. */
export interface LocalMoment {
  readonly days: number;
  /** `09:00` */
  readonly time: string;
}

const MOMENT = /^(?<days>\d{1,3})d@(?<time>(?:[01]\d|2[0-3]):[0-5]\d)$/;

function parseMoment(text: string): LocalMoment | undefined {
  const parts = MOMENT.exec(text)?.groups;
  return parts && { days: Number(parts['days']), time: parts['time']! };
}

/** A reminder after a year reminds of nothing. */
const MAX_REMINDER_MS = 365 * 86_400_000;

function parseReminder(text: string): number | undefined {
  const milliseconds = parseDuration(text);
  return milliseconds === undefined || milliseconds > MAX_REMINDER_MS ? undefined : milliseconds;
}

/** What a text stands for; `off` for nothing. */
const orOff = <T>(parse: (text: string) => T | undefined, example: string) =>
  z.string().transform((text, context): T | undefined => {
    if (text === 'off') return undefined;
    const parsed = parse(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: `expected off, or ${example}` });
    return z.NEVER;
  });

/** Which mails follow a sign-up later, and when. The API and the e-mail worker must be given the same values. */
export class JourneyConfig extends defineConfig({
  /** How many milliseconds after the sign-up somebody is reminded to verify their address; undefined: never. */
  JOURNEY_VERIFY_REMINDER: orOff(parseReminder, 'a duration such as 24h, 365d at most').prefault(
    '24h',
  ),
  /** When the tips are sent; undefined: never. */
  JOURNEY_TIPS: orOff(parseMoment, 'days and a time such as 3d@09:00').prefault('3d@09:00'),
}) {}
