import { jest } from '@jest/globals';
import { HashQueue } from './hash-queue.js';

/** The clock is the test's own: a job takes 100 ms. */
describe('the hash queue for the line', () => {
  const JOB_MS = 100;
  let queue: HashQueue;
  let begun: string[];
  let refused: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    queue = new HashQueue({ concurrency: 1, limit: 5, maxWaitMs: 300, shareOfOthers: 0.25 });
    begun = [];
    refused = [];
  });

  afterEach(() => jest.useRealTimers());

  const ask = (name: string, arrival?: number) =>
    void queue
      .run(() => {
        begun.push(name);
        return new Promise<void>((end) => void setTimeout(end, JOB_MS));
      }, arrival)
      .catch(() => refused.push(name));

  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  it('takes sign-ups by their arrival', async () => {
    for (const arrival of [1, 5, 3, 4]) ask(`${arrival}`, arrival);
    await pass(1_000);

    expect(begun).toEqual(['1', '3', '4', '5']);
  });

  it('never refuses them because they have waited long, nor while it refuses others', async () => {
    for (const arrival of [1, 2, 3, 4, 5, 6]) ask(`${arrival}`, arrival);
    for (let i = 0; i < 20; i++) ask('log-in');
    await pass(2_000);

    expect(refused.filter((name) => name !== 'log-in')).toEqual([]);
    expect(refused.length).toBeGreaterThan(10);
    expect(begun).toEqual(expect.arrayContaining(['1', '2', '3', '4', '5', '6']));
  });

  it('refuses the one who arrived last when an older one comes', async () => {
    for (const arrival of [1, 10, 11, 12, 13, 14]) ask(`${arrival}`, arrival);
    expect(queue.admitsSignUp(9, 5)).toBe(true);
    expect(queue.admitsSignUp(15, 5)).toBe(false);
    ask('9', 9);
    await pass(1_000);

    expect(refused).toEqual(['14']);
    expect(begun).toEqual(['1', '9', '10', '11', '12', '13']);
  });

  it('lets as many stand at the door as it hashes in a second', async () => {
    queue = new HashQueue({ concurrency: 1, limit: 1_000, maxWaitMs: 300 });
    for (let i = 0; i < 100; i++) {
      ask('before', i);
      await pass(JOB_MS);
    }
    await pass(JOB_MS);
    for (let arrival = 1_000; arrival < 1_100; arrival++) ask('crowd', arrival);
    await pass(0);

    expect(queue.depth).toBe(10);
  });

  it('hashes a log-in soon, however long the line is', async () => {
    for (let arrival = 0; arrival < 6; arrival++) ask('sign-up', arrival);
    await pass(50);
    ask('log-in');
    await pass(100);

    expect(begun).toEqual(['sign-up', 'log-in']);
  });
});
