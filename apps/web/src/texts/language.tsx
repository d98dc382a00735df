import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Locale } from '../api/types.js';
import { keptForGood } from '../storage/kept.js';
import { en, type Texts } from './en.js';
import { preferredLocale } from './preferred-locale.js';
import { zhCN } from './zh-cn.js';

const TEXTS: Record<Locale, Texts> = { en, 'zh-CN': zhCN };
const STORED = 'usher.locale';

interface Language {
  readonly locale: Locale;
  readonly texts: Texts;
  choose(locale: Locale): void;
}

const LanguageContext = createContext<Language>({ locale: 'en', texts: en, choose: () => {} });

/** Gives everything inside its language, and the document its `lang` and title. */
export function LanguageProvider(props: {
  title: keyof Texts['title'];
  children: ComponentChildren;
}) {
  const [locale, setLocale] = useState(() =>
    preferredLocale(keptForGood.read(STORED), navigator.languages),
  );
  const texts = TEXTS[locale];
  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = texts.title[props.title];
  }, [locale]);
  const choose = (chosen: Locale) => {
    keptForGood.write(STORED, chosen);
    setLocale(chosen);
  };
  return (
    <LanguageContext.Provider value={{ locale, texts, choose }}>
      {props.children}
    </LanguageContext.Provider>
  );
}

export const useLanguage = () => useContext(LanguageContext);
