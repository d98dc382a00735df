import { rate } from './rate.js';

describe('a rate', () => {
  it.each([
    ['300/1m', { count: 300, perMs: 60_000 }],
    ['10/10m', { count: 10, perMs: 600_000 }],
    ['1/500ms', { count: 1, perMs: 500 }],
    ['off', 'off'],
  ])('is read from %j', (text, expected) => {
    expect(rate().parse(text)).toEqual(expected);
  });

  it.each(['', '10', '0/1m', '10/', '10/0s', '/1m', '10/1 minute', '-1/1m', '1e3/1m', 'OFF'])(
    'is not %j',
    (text) => {
      const { error } = rate().safeParse(text);

      expect(error?.issues[0]?.message).toBe('expected a rate such as 300/1m, or off');
    },
  );

  it('that is off stays off where another one is the default', () => {
    expect(rate().default({ count: 1, perMs: 1_000 }).parse('off')).toBe('off');
  });
});
