import { displayName, interests } from './profile.schema.js';

const tags = (count: number) => Array.from({ length: count }, (_, i) => `tag-${i}`);

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
    expect(interests.parse(['jazz', 'hiking', 'jazz', 'chess'])).toEqual([
      'jazz',
      'hiking',
      'chess',
    ]);
  });

  it('may be none, and at most twenty', () => {
    expect(interests.parse([])).toEqual([]);
    expect(interests.parse(tags(20))).toHaveLength(20);
    expect(interests.safeParse(tags(21)).success).toBe(false);
  });

  it('are refused with the place of each that is no tag', () => {
    const { error } = interests.safeParse(['jazz', 'Not A Tag', 'hiking', '']);

    expect(error?.issues.map(({ path }) => path)).toEqual([[1], [3]]);
  });
});
