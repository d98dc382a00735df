import { jest } from '@jest/globals';
import { HashQueue } from './hash-queue.js';

/** The clock is the test's own: a job takes its time when the test says so. */
describe('the hash queue on a machine', () => {
  let queue: HashQueue;
  const outcomes = { served: 0, refused: 0 };

  beforeEach(() => {
    jest.useFakeTimers();
    queue = new HashQueue({ concurrency: 2, limit: 1_000, maxWaitMs: 1_000 });
    Object.assign(outcomes, { served: 0, refused: 0 });
  });

  afterEach(() => jest.useRealTimers());

  const ask = (milliseconds: number) =>
    void queue
      .run(() => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds)))
      .then(
        () => outcomes.served++,
        () => outcomes.refused++,
      );

  /** Until the queue knows how long a job takes; nobody has to wait. */
  async function learn(milliseconds: number): Promise<void> {
    for (let i = 0; i < 100; i++) {
      ask(milliseconds);
      await jest.advanceTimersByTimeAsync(milliseconds);
    }
    await jest.advanceTimersByTimeAsync(2_000);
  }

  function fill(milliseconds: number): number {
    while (queue.admits()) ask(milliseconds);
    return queue.depth;
  }

  it.each([
    ['quick', 10, 200],
    ['slow', 100, 20],
  ])('that is %s, as many wait as can be served in time', async (_how, milliseconds, places) => {
    await learn(milliseconds);
    const depth = fill(milliseconds);
    // Two at once for 1,000 ms; the mean comes near the time of a job, and not quite there.
    expect(depth).toBeGreaterThanOrEqual(places - 1);
    expect(depth).toBeLessThanOrEqual(places + 1);
  });

  it('that has to refuse some, the line gets short, and long again afterwards', async () => {
    await learn(10);
    expect(fill(10)).toBeGreaterThan(150);
    while (queue.depth > 0) await jest.advanceTimersByTimeAsync(10);
    expect(outcomes.refused).toBeGreaterThan(100);
    const short = fill(10);
    expect(short).toBeGreaterThan(20);
    expect(short).toBeLessThan(40);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(fill(10)).toBeGreaterThan(150);
  });
});
