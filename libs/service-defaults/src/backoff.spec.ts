import { jest } from '@jest/globals';
import { Backoff, sleep } from './backoff.js';

const MIN_MS = 200;
const MAX_MS = 10_000;

/** The pauses of a new back-off when chance always falls on `random`. */
function pauses(count: number, random: number): number[] {
  const spy = jest.spyOn(Math, 'random').mockReturnValue(random);
  const backoff = new Backoff(MIN_MS, MAX_MS);
  const all = Array.from({ length: count }, () => backoff.next());
  spy.mockRestore();
  return all;
}

describe('a back-off', () => {
  it('doubles the longest possible pause up to its maximum', () => {
    expect(pauses(8, 1)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  });

  it('may always pause as briefly as half the minimum, so that many waiters spread out', () => {
    expect(pauses(8, 0)).toEqual(Array(8).fill(MIN_MS / 2));
  });

  it('spreads evenly between the two', () => {
    expect(pauses(2, 0.5)).toEqual([150, 250]);
  });

  it('stays at its maximum after thousands of failures', () => {
    expect(pauses(5_000, 1).at(-1)).toBe(MAX_MS);
  });

  it('starts again after a reset', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(1);
    const backoff = new Backoff(MIN_MS, MAX_MS);
    backoff.next();
    backoff.next();
    backoff.reset();

    expect(backoff.next()).toBe(MIN_MS);
    random.mockRestore();
  });

  it('ends its wait early and without an error when the signal fires', async () => {
    const stop = new AbortController();
    const waiting = new Backoff(3_600_000, 3_600_000).wait(stop.signal);
    stop.abort();

    await expect(waiting).resolves.toBeUndefined();
  });
});

describe('sleep', () => {
  it('does not begin when the signal has fired already', async () => {
    await expect(sleep(3_600_000, AbortSignal.abort())).resolves.toBeUndefined();
  });

  it('passes on errors that are not the abort', async () => {
    await expect(sleep(1, 'no signal' as unknown as AbortSignal)).rejects.toThrow(/signal/);
  });
});
