import { table } from './table.js';

describe('a table', () => {
  it('gives each column the width of its longest cell', () => {
    expect(
      table([
        ['queue', 'type', 'messages'],
        ['email-worker.send-welcome-email', 'quorum', '0'],
        ['q', 'classic', '1200'],
      ]),
    ).toBe(
      [
        'queue                            type     messages',
        'email-worker.send-welcome-email  quorum   0',
        'q                                classic  1200',
      ].join('\n'),
    );
  });

  it('has no spaces at the end of a line', () => {
    expect(table([['a', 'long'], ['b', ''], ['long']])).toBe('a     long\nb\nlong');
  });

  it('is empty without rows', () => {
    expect(table([])).toBe('');
  });
});
