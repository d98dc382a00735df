import { CurrentLine } from './current-line.js';

const NOW = 1_000_000;

describe('the line that there is', () => {
  let line: CurrentLine;

  beforeEach(() => {
    line = new CurrentLine();
    line.begin(100);
    line.gave(NOW + 10_000);
    line.moved(100, 102, NOW);
  });

  it('is over when all of its numbers were hashed, here or elsewhere', () => {
    line.hash(101);
    expect(line.isOver(102, NOW)).toBe(false);
    line.othersHashed(1);
    expect(line.isOver(102, NOW)).toBe(true);
  });

  it('is not over because numbers of an earlier one were hashed', () => {
    for (const number of [98, 99, 100]) line.hash(number);
    expect(line.isOver(102, NOW)).toBe(false);
  });

  it('is over soon after its front has passed the last number', () => {
    line.moved(102, 102, NOW + 1_000);
    line.moved(102, 102, NOW + 3_000);
    expect(line.isOver(102, NOW + 3_999)).toBe(false);
    expect(line.isOver(102, NOW + 4_000)).toBe(true);
  });

  it('is over soon after its last turn, once the front has passed it', () => {
    expect(line.isOver(102, NOW + 60_000)).toBe(false);
    line.moved(102, 102, NOW + 9_000);
    expect(line.isOver(102, NOW + 10_999)).toBe(false);
    expect(line.isOver(102, NOW + 11_000)).toBe(true);
  });

  it('goes on when the front turns out not to have passed', () => {
    line.moved(102, 102, NOW + 1_000);
    line.moved(101, 102, NOW + 2_000);
    expect(line.isOver(102, NOW + 60_000)).toBe(false);
  });
});
