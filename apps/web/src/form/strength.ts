import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
// Not the whole of the English words: surnames and titles of articles would double what has to be loaded.
import commonWords from '@zxcvbn-ts/language-en/dist/commonWords.json.mjs';
import firstNames from '@zxcvbn-ts/language-en/dist/firstnames.json.mjs';

/** How a password would stand against someone who tries 10,000 guesses a second. */
export interface Strength {
  readonly seconds: number;
  /** The key of the most telling weakness, if one was found. */
  readonly warning: string | null;
}

/** The estimate gets slow for what nobody types; the rest only makes a password better. */
const MAX_CHARACTERS = 64;

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, 'commonWords-en': commonWords, 'firstnames-en': firstNames },
  graphs: adjacencyGraphs,
});

const COMMON = new Set(common['passwords-common'].map((password) => password.toLowerCase()));

/** Whether it is on the list of common passwords, by which the server judges, too. */
export const isCommon = (password: string): boolean => COMMON.has(password.toLowerCase());

/** Estimates by dictionaries and patterns, as attackers do. @param personal what must not count as a secret */
export function estimate(password: string, personal: readonly string[]): Strength {
  const { crackTimes, feedback } = zxcvbn.check(password.slice(0, MAX_CHARACTERS), [...personal]);
  return {
    seconds: crackTimes.offlineSlowHashingXPerSecond.seconds,
    warning: feedback.warning,
  };
}
