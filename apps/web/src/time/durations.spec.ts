import { formatLatency, formatMoment, roughDuration, waitingTime } from './durations.js';

describe('a latency', () => {
  it.each([
    [48.4, '48 ms'],
    [999, '999 ms'],
    [1_240, '1.2 sec'],
    [12_600, '13 sec'],
    [180_000, '3 min'],
    [7_200_000, '2 hr'],
  ])('of %s ms is read as %s', (milliseconds, text) => {
    expect(formatLatency(milliseconds, 'en')).toBe(text);
  });

  it('is written in the person’s language', () => {
    expect(formatLatency(48, 'zh-CN')).toBe('48\u00a0毫秒');
  });
});

describe('a rough duration', () => {
  it.each([
    [400, '0 seconds'],
    [1_000, '1 second'],
    [5 * 3_600_000, '5 hours'],
    [3 * 365.25 * 86_400_000, '3 years'],
  ])('of %s ms is %s', (milliseconds, text) => {
    expect(roughDuration(milliseconds, 'en')).toBe(text);
  });
});

describe('the time to wait', () => {
  it.each([
    [200, '1 second'],
    [59_100, '1 minute'],
    [61_000, '2 minutes'],
    [3_601_000, '2 hours'],
  ])('of %s ms is %s, never less', (milliseconds, text) => {
    expect(waitingTime(milliseconds, 'en')).toBe(text);
  });
});

describe('a moment', () => {
  const now = new Date('2026-11-23T20:00:00');
  it.each([
    ['2026-11-23T09:05:00', '09:05'],
    ['2026-11-22T23:05:00', '2026年11月22日'],
  ])('at %s is told as %s', (moment, text) => {
    expect(formatMoment(moment, 'zh-CN', now)).toBe(text);
  });
});
