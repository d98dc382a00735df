import { render, type ComponentType } from 'preact';
import type { Texts } from '../texts/en.js';
import { LanguageProvider } from '../texts/language.js';
import '../styles/index.css';

/** Puts a page into its document. */
export function start(Page: ComponentType, title: keyof Texts['title']): void {
  render(
    <LanguageProvider title={title}>
      <Page />
    </LanguageProvider>,
    document.getElementById('page')!,
  );
}
