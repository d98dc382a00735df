import { preferredLocale } from './preferred-locale.js';

describe('the language of the page', () => {
  it.each([
    [null, ['zh-TW', 'en'], 'zh-CN'],
    [null, ['de', 'fr'], 'en'],
    [null, ['de', 'zh', 'en'], 'zh-CN'],
    [null, ['en-GB', 'zh-CN'], 'en'],
    [null, [], 'en'],
    ['zh-CN', ['en'], 'zh-CN'],
    ['tlh', ['zh'], 'zh-CN'],
  ])('with %s chosen before and the browser’s %j is %s', (stored, languages, locale) => {
    expect(preferredLocale(stored, languages)).toBe(locale);
  });
});
