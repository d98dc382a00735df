import { duration, formatDuration, parseDuration } from './duration.js';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1m', 60_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '10', 's', '-1s', '1.5s', '1 s', '10 minutes', '1m30s'])('%p is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('has one canonical spelling, which never rounds', () => {
    expect(formatDuration(60_000)).toBe('1m');
    expect(formatDuration(90_000)).toBe('90s');
    expect(formatDuration(1_500)).toBe('1500ms');
    expect(formatDuration(86_400_000)).toBe('1d');
  });

  it('must not be zero in the configuration', () => {
    expect(duration().safeParse('0s').success).toBe(false);
    expect(duration().parse('10s')).toBe(10_000);
  });
});
