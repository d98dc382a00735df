import { jest } from '@jest/globals';
import type { Hints } from './hints.js';
import { ProgressHints } from './progress-hints.js';

let sent: string[][];
let progress: ProgressHints;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  const hints = {
    publish: (_topic: string, body: object) => sent.push((body as { subjects: string[] }).subjects),
  };
  progress = new ProgressHints(hints as unknown as Hints);
});

afterEach(() => jest.useRealTimers());

describe('hints of progress', () => {
  it('go out at once when none has just gone out', () => {
    progress.add('mei');
    expect(sent).toEqual([['mei']]);
    jest.advanceTimersByTime(1_000);
    progress.add('lin');
    expect(sent).toEqual([['mei'], ['lin']]);
  });

  it('go out together when they follow closely, each subject once', () => {
    for (const subject of ['mei', 'lin', 'bo', 'lin']) progress.add(subject);
    expect(sent).toEqual([['mei']]);
    jest.advanceTimersByTime(100);
    expect(sent).toEqual([['mei'], ['lin', 'bo']]);
    progress.add('mei');
    jest.advanceTimersByTime(100);
    expect(sent).toEqual([['mei'], ['lin', 'bo'], ['mei']]);
  });

  it('never name more than a thousand subjects', () => {
    for (let i = 0; i < 2_500; i++) progress.add(String(i));
    jest.advanceTimersByTime(100);
    expect(sent.map(({ length }) => length)).toEqual([1, 1_000, 1_000, 499]);
  });
});
