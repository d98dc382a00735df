import { parseStat } from './cpu-time.js';

describe('the processor time in /proc/<pid>/stat', () => {
  it('is that of the process and of its children that have ended', () => {
    const line = '42 (node) S 7 42 42 0 -1 4194560 9 8 7 6 100 20 3 1 20 0 11 0 5';
    expect(parseStat(line)).toEqual({ parent: 7, milliseconds: 1_240 });
  });

  it('is found whatever the program calls itself', () => {
    const line = '42 (postgres: a) b (c) S 7 42 42 0 -1 4194560 9 8 7 6 1 0 0 0 20 0 1 0 5';
    expect(parseStat(line)).toEqual({ parent: 7, milliseconds: 10 });
  });
});
