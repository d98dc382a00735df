import { closedLoop } from '../load/closed-loop.js';
import { HttpClient } from '../load/http-client.js';
import { onlyAnswers } from '../load/load-result.js';
import { newPerson } from '../load/people.js';
import { countCpu } from '../measuring/cpu-time.js';
import { latency, round, type Latency } from '../measuring/statistics.js';

/** Clients that sign people up at once, each waiting for its answer. */
const CONCURRENCY = 16;

/** One round of one server. */
export interface SignUpSample extends Latency {
  readonly perSecond: number;
  /** Milliseconds of processor time for each sign-up, by process. */
  readonly cpu: Readonly<Record<string, number>>;
}

export interface SignUpLoadOptions {
  readonly url: string;
  readonly path: string;
  /** What the server answers to a sign-up. */
  readonly status: number;
  readonly seconds: number;
  /** Whose processor time is counted; the load's is always. */
  readonly pids: Readonly<Record<string, number | undefined>>;
  readonly body: () => object;
}

/** As many sign-ups as the server takes. @throws Error when one is answered otherwise */
export async function signUpLoad(options: SignUpLoadOptions): Promise<SignUpSample> {
  const { url, path, status, seconds, pids, body } = options;
  const client = new HttpClient(url, CONCURRENCY);
  const cpuUsed = await countCpu({ ...pids, load: process.pid });
  const send = async () => (await client.post(path, body())).status;
  const result = await closedLoop({ concurrency: CONCURRENCY, seconds, send });
  const cpu = await cpuUsed();
  client.close();
  const times = onlyAnswers(status, result);
  return {
    perSecond: round(times.length / result.seconds),
    ...latency(times),
    cpu: Object.fromEntries(
      Object.entries(cpu).map(([name, time]) => [name, round(time / times.length)]),
    ),
  };
}

/** A load on Usher's API, or on what answers as it does. */
export const usherLoad = (options: Pick<SignUpLoadOptions, 'url' | 'seconds' | 'pids'>) =>
  signUpLoad({ ...options, path: '/v1/signups', status: 201, body: newPerson });
