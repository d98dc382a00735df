import type { ComponentChildren } from 'preact';
import { here } from '../api/settings.js';
import type { Locale } from '../api/types.js';
import { useLanguage } from '../texts/language.js';
import { Logo } from './icons.js';

interface Props {
  /** What stands beside the language in the header. */
  readonly aside?: ComponentChildren;
  readonly onLocale?: (locale: Locale) => void;
  readonly children: ComponentChildren;
}

const LOCALES: readonly (readonly [Locale, string])[] = [
  ['en', 'English'],
  ['zh-CN', '中文'],
];

/** The frame of every page: header and content. */
export function Shell({ aside, onLocale, children }: Props) {
  const language = useLanguage();
  const { texts, locale } = language;
  return (
    <>
      <a class="skip" href="#content">
        {texts.skip}
      </a>
      <header class="bar">
        <a class="brand" href={here('/')}>
          <Logo /> Usher
        </a>
        <div class="bar-end">
          {aside}
          <div class="languages" role="group" aria-label={texts.language}>
            {LOCALES.map(([code, name]) => (
              <button
                key={code}
                type="button"
                lang={code}
                aria-pressed={code === locale}
                onClick={() => {
                  language.choose(code);
                  onLocale?.(code);
                }}
              >
                {name}
              </button>
            ))}
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
