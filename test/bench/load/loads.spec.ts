import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop } from './closed-loop.js';
import { onlyAnswers } from './load-result.js';
import { openLoop } from './open-loop.js';

/** A server that answers one request after the other, each after so long. */
function oneAtATime(milliseconds: number) {
  let last = Promise.resolve();
  return async () => {
    last = last.then(() => sleep(milliseconds));
    await last;
    return 200;
  };
}

describe('the closed loop', () => {
  it('has never more requests under way than clients', async () => {
    let underWay = 0;
    let most = 0;
    const send = async () => {
      most = Math.max(most, ++underWay);
      await sleep(1);
      underWay--;
      return 201;
    };
    const result = await closedLoop({ concurrency: 3, seconds: 0.05, send });
    expect(most).toBe(3);
    expect(result.times[201]!.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the open loop', () => {
  it('sends every request although none is answered', async () => {
    let sent = 0;
    let answer: (status: number) => void = () => undefined;
    const answered = new Promise<number>((resolve) => (answer = resolve));
    const send = () => {
      if (++sent === 50) answer(201);
      return answered;
    };
    const result = await openLoop({ perSecond: 1_000, seconds: 0.05, send });
    expect(result.times[201]).toHaveLength(50);
  });

  it('counts the wait of those that came while the server was busy', async () => {
    // Twenty come within 20 ms, the last is answered after 200: a closed loop would tell of 10 ms each.
    const send = oneAtATime(10);
    const { times } = await openLoop({ perSecond: 1_000, seconds: 0.02, send });
    expect(Math.max(...times[200]!)).toBeGreaterThan(150);
  });
});

describe('a load whose answers must all be alike', () => {
  it('tells how many were not', () => {
    const result = { seconds: 1, times: { 201: [1, 2], 503: [3], 0: [4, 5] } };
    expect(() => onlyAnswers(201, result)).toThrow('there were 2 × 0, 1 × 503');
  });

  it('gives the times when they were', () => {
    expect(onlyAnswers(201, { seconds: 1, times: { 201: [1, 2] } })).toEqual([1, 2]);
  });
});
