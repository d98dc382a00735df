import { Answers, type LoadResult } from './load-result.js';

export interface ClosedLoopOptions {
  readonly concurrency: number;
  readonly seconds: number;
  /** One request; answers with its status. */
  readonly send: () => Promise<number>;
}

/** So many clients, each of which asks again as soon as it is answered: it finds the highest rate. */
export async function closedLoop(options: ClosedLoopOptions): Promise<LoadResult> {
  const { concurrency, seconds, send } = options;
  const answers = new Answers();
  const until = performance.now() + seconds * 1_000;
  const client = async () => {
    while (performance.now() < until) {
      const askedAt = performance.now();
      const status = await send();
      answers.add(status, performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return answers.end();
}
