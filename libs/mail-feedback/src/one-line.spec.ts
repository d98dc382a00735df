import { oneLine } from './one-line.js';

describe('what a server said', () => {
  it('becomes one line', () => {
    expect(oneLine(' 550-no\r\n 550 such\tuser\n')).toBe('550-no 550 such user');
  });

  it('has no characters that control a terminal, a log or a table', () => {
    expect(oneLine('a\u001b[31mb\u0000c\u202ed\u2028e\ud800f')).toBe('a [31mb c d e f');
  });

  it('has at most 500 characters', () => {
    expect(oneLine('x'.repeat(1_000_000))).toBe('x'.repeat(500));
    const pair = '\u{1F600}';
    expect(oneLine(`x${pair.repeat(1_000)}`)).toBe(`x${pair.repeat(249)}`);
  });
});
