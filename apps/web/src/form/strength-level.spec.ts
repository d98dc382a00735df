import { CENTURY_SECONDS, levelOf } from './strength-level.js';

describe('the level of a password', () => {
  it.each([
    [0, 0],
    [59, 0],
    [60, 1],
    [5 * 3_600, 1],
    [86_400, 2],
    [400 * 86_400, 3],
    [CENTURY_SECONDS - 1, 3],
    [CENTURY_SECONDS, 4],
    [Infinity, 4],
  ])('that withstands for %s seconds is %s', (seconds, level) => {
    expect(levelOf(seconds)).toBe(level);
  });
});
