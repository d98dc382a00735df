import { retryDelays, waitQueueDelays } from './retry-delays.js';

const DELAYS_MS = [1_000, 10_000, 60_000, 600_000];

describe('the pauses between attempts', () => {
  it('rise, each with a wait queue of its own, unless something else is asked for', () => {
    expect(retryDelays('standard', DELAYS_MS)).toEqual(DELAYS_MS);
    expect(waitQueueDelays('standard', DELAYS_MS)).toEqual(DELAYS_MS);
  });

  it('are as many and all alike when they are short, with one wait queue', () => {
    expect(retryDelays('short', DELAYS_MS)).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect(waitQueueDelays('short', DELAYS_MS)).toEqual([10_000]);
  });
});
