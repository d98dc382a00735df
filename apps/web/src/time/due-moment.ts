import { browserTimeZone } from './time-zone.js';

const DAY_AND_TIME: Intl.DateTimeFormatOptions = {
  weekday: 'long',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
};

/**
 * The day and the time at which something is to happen, by the person's clock. Where the browser is in another
 * zone, the person's is named.
 * @param timeZone the person's, if it is known
 * @param here the browser's
 */
export function formatDueMoment(
  iso: string,
  locale: string,
  timeZone: string | null | undefined,
  here = browserTimeZone(),
): string {
  const zone = timeZone ?? here;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Date(iso).toLocaleString(locale, { ...DAY_AND_TIME, ...options });
  try {
    return format({ timeZone: zone, timeZoneName: zone === here ? undefined : 'short' });
  } catch {
    // A zone that this browser does not know.
    return format({});
  }
}
