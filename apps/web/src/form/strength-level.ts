const DAY_SECONDS = 86_400;

export const CENTURY_SECONDS = 100 * 365.25 * DAY_SECONDS;

/** Where one level ends and the next begins, in seconds of guessing: a minute, a day, a year, a century. */
const LEVEL_ENDS = [60, DAY_SECONDS, 365.25 * DAY_SECONDS, CENTURY_SECONDS];

/** 0 (very weak) to 4 (strong), by the time that it withstands and by nothing else. */
export function levelOf(seconds: number): number {
  return LEVEL_ENDS.filter((end) => seconds >= end).length;
}
