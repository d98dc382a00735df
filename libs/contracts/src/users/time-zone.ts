import { z } from 'zod';

const MAX_CHARACTERS = 64;

/**
 * Abbreviations that Intl takes in Node 20 to 24, since ICU knows them. IANA does not, and they mislead: `BST` is Dhaka
 * there. Temporal refuses them.
 */
const ABBREVIATIONS = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  ),
);

/** An IANA name such as `Europe/Berlin`, kept as it was sent. An offset such as `+02:00` is no time zone: it has no summer time. */
export const timeZone = z
  .string()
  .refine((name) => name.length <= MAX_CHARACTERS && isTimeZone(name), {
    message: 'is not the name of a time zone, such as Europe/Berlin',
    params: { code: 'invalid_time_zone' },
  });

/** As the system knows them: https://tc39.es/ecma402/#sec-isvalidtimezonename */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || ABBREVIATIONS.has(name.toUpperCase())) return false;
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
