import { jest } from '@jest/globals';
import type { ConsumeMessage } from 'amqplib';
import { acknowledgementOf } from '../connection/acknowledgement.js';

// What jest fakes are the global timers; without this the pauses would be real ones, of any length.
jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: (milliseconds: number, _: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      const aborted = () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' }));
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted);
      setTimeout(resolve, milliseconds);
    }),
}));
const { settleDefect } = await import('./settle-defect.js');

const LIMIT = 10;

/** A delivery after `failed` earlier ones, and how it was settled. */
function delivery(failed: number) {
  const message = {
    fields: { redelivered: failed > 0 },
    properties: { headers: { 'x-delivery-count': failed } },
  } as unknown as ConsumeMessage;
  const settled: string[] = [];
  const channel = {
    ack: () => settled.push('acked'),
    reject: (_: unknown, requeue: boolean) => settled.push(requeue ? 'requeued' : 'given up'),
  };
  const gone = new AbortController();
  const acknowledgement = acknowledgementOf(message, channel as never, gone.signal);
  return { message, acknowledgement, settled, gone };
}

const never = new AbortController().signal;

describe('a delivery on which our own code failed', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it.each([
    [0, 200],
    [1, 400],
    [2, 800],
    [5, 6_400],
    [6, 10_000],
    [8, 10_000],
  ])('goes back after %i others with a pause of %i ms', async (failed, pauseMs) => {
    const { message, acknowledgement, settled } = delivery(failed);
    const settling = settleDefect(message, acknowledgement, LIMIT, never);
    await jest.advanceTimersByTimeAsync(pauseMs - 1);
    expect(settled).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await settling;
    expect(settled).toEqual(['requeued']);
  });

  it('is given up at once when it is the last that the limit allows', async () => {
    const { message, acknowledgement, settled } = delivery(LIMIT - 1);
    await settleDefect(message, acknowledgement, LIMIT, never);
    expect(settled).toEqual(['given up']);
  });

  it('goes back at once when the process stops', async () => {
    const { message, acknowledgement, settled } = delivery(8);
    await settleDefect(message, acknowledgement, LIMIT, AbortSignal.abort());
    expect(settled).toEqual(['requeued']);
  });

  it('is left alone when it was settled before the defect', async () => {
    const { message, acknowledgement, settled } = delivery(0);
    acknowledgement.ack();
    await settleDefect(message, acknowledgement, LIMIT, never);
    expect(settled).toEqual(['acked']);
  });

  it('is left to the broker when its channel goes during the pause', async () => {
    const { message, acknowledgement, settled, gone } = delivery(8);
    const settling = settleDefect(message, acknowledgement, LIMIT, never);
    gone.abort();
    await settling;
    expect(settled).toEqual([]);
  });
});
