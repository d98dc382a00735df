import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * 49,233 common passwords of leaked collections, as zxcvbn-ts keeps them (MIT licence):
 * https://github.com/zxcvbn-ts/zxcvbn/tree/master/packages/languages/common
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].map((password) => password.toLowerCase()),
);

/** Whether a password is a common one in whatever letters, or one that was typed again and again to make it longer. */
export function isCommon(password: string): boolean {
  const folded = password.toLowerCase();
  return COMMON_PASSWORDS.has(folded) || COMMON_PASSWORDS.has(repeatedPart(folded));
}

/** The shortest beginning that gives the whole text when it is repeated; the last time it may break off. */
function repeatedPart(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}
