import { Temporal } from 'temporal-polyfill';
import type { LocalMoment } from './journey.config.js';

/**
 * The moment at which it is that time, that many days after the date that it was there at `start`. A time that
 * does not exist on that day, since the clocks are put forward, is the later one; of one that exists twice it is the
 * first (`compatible`: https://tc39.es/proposal-temporal/docs/ambiguity.html).
 * @param timeZone an IANA name; UTC without one
 */
export function localMoment(
  start: Date,
  timeZone: string | null | undefined,
  { days, time }: LocalMoment,
): Date {
  const { epochMilliseconds } = Temporal.Instant.fromEpochMilliseconds(start.getTime())
    .toZonedDateTimeISO(timeZone ?? 'UTC')
    .toPlainDate()
    .add({ days })
    .toPlainDateTime(Temporal.PlainTime.from(time))
    .toZonedDateTime(timeZone ?? 'UTC', { disambiguation: 'compatible' });
  return new Date(epochMilliseconds);
}
