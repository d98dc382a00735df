import type { Locale } from '../api/types.js';

/** The language that a person chose before, else the first of the browser's that the page speaks. */
export function preferredLocale(stored: string | null, languages: readonly string[]): Locale {
  if (stored === 'en' || stored === 'zh-CN') return stored;
  const known = languages.find((language) => /^(en|zh)\b/i.test(language));
  return known && /^zh/i.test(known) ? 'zh-CN' : 'en';
}
