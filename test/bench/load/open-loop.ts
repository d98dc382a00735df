import { setTimeout as sleep } from 'node:timers/promises';
import { round } from '../measuring/statistics.js';
import { Answers, type LoadResult } from './load-result.js';

export interface OpenLoopOptions {
  readonly perSecond: number;
  readonly seconds: number;
  /** One request; answers with its status. */
  readonly send: () => Promise<number>;
}

/** What became of the requests, and how many milliseconds the latest of them was sent after it was due. */
export type OpenLoopResult = LoadResult & { readonly latestSendMs: number };

const TICK_MS = 1;

/**
 * A fixed number of requests a second, whether or not earlier ones are answered, as people come. A time
 * begins when its request was due, not when it could be sent, so that no wait is left out ("coordinated
 * omission": G. Tene, How NOT to Measure Latency, 2013).
 */
export async function openLoop({
  perSecond,
  seconds,
  send,
}: OpenLoopOptions): Promise<OpenLoopResult> {
  const answers = new Answers();
  const total = Math.round(perSecond * seconds);
  const pending: Promise<void>[] = [];
  let latestSendMs = 0;
  const startedAt = performance.now();
  const dueAt = (nth: number) => startedAt + (nth * 1_000) / perSecond;
  while (pending.length < total) {
    while (pending.length < total && dueAt(pending.length) <= performance.now()) {
      const due = dueAt(pending.length);
      latestSendMs = Math.max(latestSendMs, performance.now() - due);
      pending.push(send().then((status) => answers.add(status, performance.now() - due)));
    }
    await sleep(TICK_MS);
  }
  await Promise.all(pending);
  return { ...answers.end(), latestSendMs: round(latestSendMs) };
}
