import { jest } from '@jest/globals';
import type { Hints } from './hints.js';
import { ProgressHints } from './progress-hints.js';

let sent: string[][];
let progress: ProgressHints;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  const hints = {
    publish: (_exchange: string, body: object) =>
      sent.push((body as { userIds: string[] }).userIds),
  };
  progress = new ProgressHints(hints as unknown as Hints);
});

afterEach(() => jest.useRealTimers());

describe('hints of progress', () => {
  it('go out at once when nothing has just been told', () => {
    progress.tell('mei');
    expect(sent).toEqual([['mei']]);
    jest.advanceTimersByTime(1_000);
    progress.tell('lin');
    expect(sent).toEqual([['mei'], ['lin']]);
  });

  it('go out together when they follow closely, each user once', () => {
    for (const userId of ['mei', 'lin', 'bo', 'lin']) progress.tell(userId);
    expect(sent).toEqual([['mei']]);
    jest.advanceTimersByTime(100);
    expect(sent).toEqual([['mei'], ['lin', 'bo']]);
    progress.tell('mei');
    jest.advanceTimersByTime(100);
    expect(sent).toEqual([['mei'], ['lin', 'bo'], ['mei']]);
  });

  it('never name more than a thousand users', () => {
    for (let i = 0; i < 2_500; i++) progress.tell(String(i));
    jest.advanceTimersByTime(100);
    expect(sent.map(({ length }) => length)).toEqual([1, 1_000, 1_000, 499]);
  });
});
