import { ageMs } from './account.js';

describe('the age of an account', () => {
  const createdAt = '2026-11-28T12:00:00.700Z';

  it.each([
    ['an hour by the server’s clock', 'Sat, 28 Nov 2026 13:00:01 GMT', 3_600_300],
    ['none when the header is cut to the second before', 'Sat, 28 Nov 2026 12:00:00 GMT', 0],
    ['none when a proxy has taken the header away', null, 0],
  ])('is %s', (_, date, expected) => {
    expect(ageMs({ createdAt }, date)).toBe(expected);
  });
});
