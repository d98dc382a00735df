import { AmqpError } from '../amqp-error.js';

/**
 * Whether a topic exchange's pattern takes a routing key: `*` is one word, `#` any number of words.
 * A key of no characters has no word. Takes time in proportion to both lengths multiplied, whatever the pattern.
 */
export function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  let p = 0;
  let w = 0;
  // Where to go on, one word later, when what follows the last `#` does not fit.
  let hashAt = -1;
  let hashEnd = 0;
  while (w < words.length) {
    if (pattern[p] === '#') {
      hashAt = p++;
      hashEnd = w;
    } else if (p < pattern.length && (pattern[p] === '*' || pattern[p] === words[w])) {
      p++;
      w++;
    } else if (hashAt >= 0) {
      p = hashAt + 1;
      w = ++hashEnd;
    } else {
      return false;
    }
  }
  return pattern.slice(p).every((word) => word === '#');
}

/** As of RabbitMQ 4.3.5. */
const MAX_HASHES = 2;

/** The words of a binding key. @throws AmqpError 406 for more than two `#` */
export function patternOf(key: string): string[] {
  const words = wordsOf(key);
  const hashes = words.filter((word) => word === '#').length;
  if (hashes > MAX_HASHES)
    throw new AmqpError(
      'PRECONDITION_FAILED',
      `Topic binding key '${key}' uses ${hashes} '#' wildcards, at most ${MAX_HASHES} are allowed`,
    );
  return words;
}

export const wordsOf = (key: string): string[] => (key === '' ? [] : key.split('.'));
