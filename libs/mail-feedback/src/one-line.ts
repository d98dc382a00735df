const MAX_CHARACTERS = 500;
/** Longer than what is kept, since white space is folded; what strangers send may be much longer. */
const LOOKED_AT = 4 * MAX_CHARACTERS;

/** What a stranger's server said, fit for a log and a table: one line of at most 500 characters, no control characters, no half of a character. */
export function oneLine(text: string): string {
  return text
    .slice(0, LOOKED_AT)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_CHARACTERS)
    .replace(/\p{Cs}$/u, '');
}
