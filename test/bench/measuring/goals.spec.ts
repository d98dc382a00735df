import { figureOf, goals, limitOf, verdict, type Goal } from './goals.js';
import { summarize } from './statistics.js';

describe('a goal', () => {
  const atLeast = { bench: 'b', what: 'w', atLeast: 0.9 };
  const atMost = { bench: 'b', what: 'w', atMost: 80, unit: 'ms' };

  it('is met or missed by the median', () => {
    expect(verdict(atLeast, summarize([0.89, 0.91, 0.92]))).toBe('met');
    expect(verdict(atLeast, summarize([0.88, 0.89, 0.92]))).toBe('missed');
    expect(verdict(atMost, summarize([79, 80, 81]))).toBe('met');
  });

  it('is undecided when the rounds lie too far apart', () => {
    expect(verdict(atMost, summarize([60, 75, 100]))).toBe('the machine was too noisy');
  });

  it('is decided all the same when every round says so', () => {
    expect(verdict(atMost, summarize([20, 40, 70]))).toMatch(/^met in every round/);
    expect(verdict(atMost, summarize([90, 140, 200]))).toMatch(/^missed in every round/);
  });

  it('is never met by nothing', () => {
    expect(verdict(atLeast, undefined)).toBe('not measured yet');
    expect(verdict(atLeast, summarize([]))).not.toBe('met');
  });

  it('may be none at all: nothing lost', () => {
    expect(verdict(goals['burst-nothing-lost'], summarize([0, 0, 0]))).toBe('met');
    expect(verdict(goals['burst-nothing-lost'], summarize([0, 1, 1]))).not.toBe('met');
  });

  it('reads as people write it', () => {
    expect(limitOf(atLeast)).toBe('≥ 0.90');
    expect(limitOf(atMost)).toBe('≤ 80 ms');
    expect(limitOf({ ...atLeast, aim: 0.95 })).toBe('≥ 0.90, aim 0.95');
    expect(figureOf(atMost, summarize([60, 75, 78]))).toBe('75 ms (spread 24 %)');
  });

  it('has exactly one limit', () => {
    for (const goal of Object.values(goals) as Goal[]) {
      expect([goal.atLeast, goal.atMost].filter((limit) => limit !== undefined)).toHaveLength(1);
    }
  });
});
