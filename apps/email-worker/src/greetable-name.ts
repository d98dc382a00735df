const MAX_CHARACTERS = 40;
const MAX_WORDS = 5;
/** Of four letters or more; names have few of them, sentences many. */
const MAX_LONG_WORDS = 3;
/** Of scripts without capitals, whose sentences look like their names. */
const MAX_CASELESS = { words: 3, letters: 12 };
const MAX_HAN = 4;
const MAX_HAN_WITH_DOTS = 8;

/** Letters, with their marks, joined by apostrophes, hyphens or, in Catalan, a dot between two l: `O’Brien`, `Jean-Luc`. */
const WORD = /^[\p{L}\p{M}]{1,20}(?:(?:['’ʼ‐-]|(?<=l)·(?=l))[\p{L}\p{M}]{1,20})*['’]?$/iu;
/** `Dr.`, `St.`, `J.`, `J.R.R.`: no dot has more than one letter on each side, so none makes a domain. */
const ABBREVIATION = /^(?:\p{Lu}\p{M}*\p{L}{0,3}|(?:\p{Lu}\.)+\p{Lu})\.$/u;
/** A transliterated name: `列夫·托尔斯泰`. */
const HAN_WITH_DOTS = /^\p{Script=Han}+(?:·\p{Script=Han}+){1,2}$/u;
/** Four letters or more that do not begin with a capital, in a script that has capitals. */
const LOWER_CASE_WORD = /^\p{Ll}[\p{L}\p{M}]{3}/u;
const LONG_WORD = /^[\p{L}\p{M}'’-]{4}/u;

/** The words that advertisers cannot do without. It is never complete; the shape of the name is what counts. */
const MARKETING =
  /(?:^|[^\p{L}])(?:you|your|won|win|winner|free|prize|claim|click|call|visit|offer|bonus|cash|gift|buy|now|congratulations)(?![\p{L}])|恭喜|中奖|大奖|奖金|领取|免费|微信|点击/iu;

/**
 * The name as a mail may say it, or undefined. The mail may go to a stranger, and the person who signed up
 * has chosen the name, so it must not carry a message. The rule says what names are made of: up to five words
 * of letters, 40 characters, few of them long; with three words or more the long ones begin with a capital, as
 * in names, and unlike in sentences. A name that does not pass is left out of the greeting, and nothing else.
 */
export function greetableName(displayName: string): string | undefined {
  const name = displayName.normalize('NFC');
  // Decorated letters, such as 𝐖𝐢𝐧 and ｗｉｎ, are for being seen.
  if (name !== displayName.normalize('NFKC')) return undefined;
  const words = name.split(' ');
  const isName =
    name.length <= MAX_CHARACTERS &&
    words.length <= MAX_WORDS &&
    words.every((word) => WORD.test(word) || ABBREVIATION.test(word) || HAN_WITH_DOTS.test(word)) &&
    words.filter((word) => LONG_WORD.test(word)).length <= MAX_LONG_WORDS &&
    (words.length < 3 || !words.some((word) => LOWER_CASE_WORD.test(word))) &&
    isShortWithoutCapitals(name, words) &&
    !MARKETING.test(name);
  return isName ? name : undefined;
}

function isShortWithoutCapitals(name: string, words: readonly string[]): boolean {
  const han = name.match(/\p{Script=Han}/gu)?.length ?? 0;
  const caseless = name.match(/\p{Lo}/gu)?.length ?? 0;
  return (
    han <= (name.includes('·') ? MAX_HAN_WITH_DOTS : MAX_HAN) &&
    caseless <= MAX_CASELESS.letters &&
    (caseless === 0 || words.length <= MAX_CASELESS.words)
  );
}
