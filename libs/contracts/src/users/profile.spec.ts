import { country, interestTag, locale } from './profile.js';

describe('an interest', () => {
  it.each(['jazz', 'machine-learning', '3d-printing', 'web3', 'a'.repeat(40)])(
    'may be %j',
    (tag) => {
      expect(interestTag.parse(tag)).toBe(tag);
    },
  );

  it.each([
    '',
    'Jazz',
    'machine learning',
    'machine_learning',
    '-jazz',
    'jazz-',
    'acid--jazz',
    'café',
    'jazz\n',
    'a'.repeat(41),
  ])('may not be %j', (tag) => {
    expect(interestTag.safeParse(tag).success).toBe(false);
  });
});

describe('a country', () => {
  it('is two capital letters', () => {
    expect(country.parse('DE')).toBe('DE');
  });

  it.each(['de', 'DEU', 'D', '', '49', 'DE\n'])('may not be %j', (code) => {
    expect(country.safeParse(code).success).toBe(false);
  });
});

describe('a locale', () => {
  it.each(['en', 'zh-CN'])('may be %s', (language) => {
    expect(locale.parse(language)).toBe(language);
  });

  it.each(['zh', 'en-GB', 'EN', ''])('may not be %j', (language) => {
    expect(locale.safeParse(language).success).toBe(false);
  });
});
