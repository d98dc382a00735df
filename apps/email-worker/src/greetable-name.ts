const MAX_CHARACTERS = 40;
const MAX_WORDS = 5;

/** Letters, with their marks, joined by apostrophes, hyphens or the dots of transliterated names: `O’Brien`, `Jean-Luc`, `列夫·托尔斯泰`. */
const WORD = /^[\p{L}\p{M}]{1,20}(?:['’ʼ‐·-][\p{L}\p{M}]{1,20})*['’]?$/u;
/** `Dr.`, `St.`, `J.`, `J.R.R.`: no dot has more than one letter on each side, so none makes a domain. */
const ABBREVIATION = /^(?:\p{Lu}\p{M}*\p{L}{0,3}|(?:\p{Lu}\.)+\p{Lu})\.$/u;
/** Chinese is written without spaces: what is longer than a name is a sentence. */
const HAN_SENTENCE = /\p{Script=Han}{5}/u;
const HAN_WITH_DOTS = /^\p{Script=Han}{1,6}(?:·\p{Script=Han}{1,6})+$/u;
/** Four letters or more that do not begin with a capital, in a script that has capitals. */
const LOWER_CASE_WORD = /^\p{Ll}[\p{L}\p{M}]{3}/u;

/**
 * The name as a mail may say it, or undefined. The mail may go to a stranger, and the person who signed up
 * has chosen the name, so it must not carry a message. The rule says what names are made of, not what
 * messages are: up to five words of letters, 40 characters; with three words or more the long ones begin
 * with a capital, as in names, and unlike in sentences.
 */
export function greetableName(displayName: string): string | undefined {
  const name = displayName.normalize('NFC');
  // Decorated letters, such as 𝐖𝐢𝐧 and ｗｉｎ, are for being seen.
  if (name !== displayName.normalize('NFKC')) return undefined;
  const words = name.split(' ');
  const isName =
    name.length <= MAX_CHARACTERS &&
    words.length <= MAX_WORDS &&
    words.every((word) => WORD.test(word) || ABBREVIATION.test(word)) &&
    words.every((word) => !HAN_SENTENCE.test(word) || HAN_WITH_DOTS.test(word)) &&
    (words.length < 3 || !words.some((word) => LOWER_CASE_WORD.test(word)));
  return isName ? name : undefined;
}
