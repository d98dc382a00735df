import { country, displayName, givenInterests, interestTag, locale } from './profile.js';

const tags = (count: number) => Array.from({ length: count }, (_, i) => `tag-${i}`);

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

describe('a display name', () => {
  it.each(['Mike', 'X', '李明', 'Ana-María d’Ávila', 'مريم', '🦊', "Robert'); DROP TABLE users"])(
    'may be %j',
    (name) => {
      expect(displayName.parse(name)).toBe(name);
    },
  );

  it('is trimmed', () => {
    expect(displayName.parse('  Mike \n')).toBe('Mike');
  });

  it.each(['', '   ', '\u3000\t'])('is not empty as %j is', (name) => {
    expect(displayName.safeParse(name).error?.issues[0]?.message).toBe('must not be empty');
  });

  it('has at most 100 characters, after trimming', () => {
    expect(displayName.safeParse('x'.repeat(101)).success).toBe(false);
    expect(displayName.parse(` ${'x'.repeat(100)} `)).toHaveLength(100);
  });

  it.each([
    ['NUL', 'Mi\0ke'],
    ['a line break', 'Mike\r\nBcc: eve@example.com'],
    ['an escape sequence', 'Mi\u001b[31mke'],
    ['DEL', 'Mi\u007fke'],
    ['a line separator', 'Mi\u2028ke'],
    ['a paragraph separator', 'Mi\u2029ke'],
    ['a right-to-left override', 'Mi\u202eke'],
    ['an isolate', 'Mi\u2066ke'],
  ])('has no invisible characters such as %s', (_what, name) => {
    expect(displayName.safeParse(name).error?.issues).toEqual([
      expect.objectContaining({ params: { code: 'invalid_characters' } }),
    ]);
  });

  it.each([undefined, null, 7, ['Mike'], {}])('is not %p', (value) => {
    expect(displayName.safeParse(value).success).toBe(false);
  });
});

describe('the interests of a person', () => {
  it('keep their order and lose repetitions', () => {
    expect(givenInterests.parse(['jazz', 'hiking', 'jazz', 'chess'])).toEqual([
      'jazz',
      'hiking',
      'chess',
    ]);
  });

  it('may be none, and at most twenty', () => {
    expect(givenInterests.parse([])).toEqual([]);
    expect(givenInterests.parse(tags(20))).toHaveLength(20);
    expect(givenInterests.safeParse(tags(21)).success).toBe(false);
  });

  it('are refused with the place of each that is no tag', () => {
    const { error } = givenInterests.safeParse(['jazz', 'Not A Tag', 'hiking', '']);

    expect(error?.issues.map(({ path }) => path)).toEqual([[1], [3]]);
  });
});
