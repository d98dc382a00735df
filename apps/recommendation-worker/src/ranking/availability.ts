import type { SegmentData } from './segment-data.js';

/** Where and in which language somebody reads. */
export interface Audience {
  readonly language: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
}

/** English is understood everywhere; other languages are offered to those who speak them. */
const isUnderstood = (language: string, audience: Audience) =>
  language === audience.language || language === 'en';

const isAvailable = (countries: readonly string[], { country }: Audience) =>
  countries.length === 0 || (country !== undefined && countries.includes(country));

/** Whether a document may be shown to this audience. Language and country filter; they never score. */
export function offeredTo(audience: Audience, data: SegmentData): (document: number) => boolean {
  const language = Uint8Array.from(data.languageNames, (name) => +isUnderstood(name, audience));
  const country = Uint8Array.from(data.countrySets, (set) => +isAvailable(set, audience));
  const { languages, countries } = data;
  return (document) => language[languages[document]!] === 1 && country[countries[document]!] === 1;
}
