import { jest } from '@jest/globals';
import { HashQueue } from './hash-queue.js';

const TICK_MS = 10;

/** The clock is the test's own: a job takes its time when the test says so. */
describe('the hash queue on a machine', () => {
  let queue: HashQueue;
  let inHand: { readonly until: number; readonly end: () => void }[];
  const outcomes = { served: 0, refused: 0 };

  beforeEach(() => {
    jest.useFakeTimers();
    queue = new HashQueue({ concurrency: 2, limit: 1_000, maxWaitMs: 1_000 });
    inHand = [];
    Object.assign(outcomes, { served: 0, refused: 0 });
  });

  afterEach(() => jest.useRealTimers());

  const ask = (milliseconds: number) =>
    void queue
      .run(
        () =>
          new Promise<void>((end) => inHand.push({ until: performance.now() + milliseconds, end })),
      )
      .then(
        () => outcomes.served++,
        () => outcomes.refused++,
      );

  /** Lets time pass, and ends the jobs whose time is over. */
  async function pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += TICK_MS) {
      await jest.advanceTimersByTimeAsync(TICK_MS);
      const isOver = ({ until }: { until: number }) => until <= performance.now();
      const over = inHand.filter(isOver);
      inHand = inHand.filter((job) => !isOver(job));
      for (const { end } of over) end();
      await jest.advanceTimersByTimeAsync(0);
    }
  }

  /** Until the queue knows how long a job takes; nobody has to wait. */
  async function learn(milliseconds: number): Promise<void> {
    for (let i = 0; i < 100; i++) {
      ask(milliseconds);
      await pass(milliseconds);
    }
    await pass(2_000);
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
    while (queue.depth > 0) await pass(10);
    expect(outcomes.refused).toBeGreaterThan(100);
    const short = fill(10);
    expect(short).toBeGreaterThan(20);
    expect(short).toBeLessThan(40);
    await pass(2_000);
    expect(fill(10)).toBeGreaterThan(150);
  });
});
