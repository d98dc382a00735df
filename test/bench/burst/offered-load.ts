import { HttpClient } from '../load/http-client.js';
import { newPerson } from '../load/people.js';
import { openLoop } from '../load/open-loop.js';
import { latency, round, type Latency } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { followUpsDone } from '../stack/follow-ups.js';
import { audit, type Audit } from './audit.js';

/** What came of people who sign up at a rate of their own, each once. */
export interface OfferedSample extends Audit, Latency {
  readonly offeredPerSecond: number;
  readonly offered: number;
  readonly accepted: number;
  /** Answered 503 with `Retry-After`. */
  readonly shed: number;
  /** Anything else, or nothing. */
  readonly wrong: number;
  /** From the end of the load until every accepted one had all its follow-ups. */
  readonly secondsToAllDone: number;
  /** The load's own fault: how late the latest request was sent. */
  readonly latestSendMs: number;
}

/** Open from the beginning, as from a proxy; further requests wait for one, and their time runs. */
const CONNECTIONS = 256;
/** Stands for an answer that nobody may get. */
const WRONG = 0;

/** Offers so many sign-ups a second; the times are those of the accepted, from when each was due. */
export async function offer(
  stack: BenchStack,
  perSecond: number,
  seconds: number,
): Promise<OfferedSample> {
  await stack.reset();
  const client = new HttpClient(stack.url, CONNECTIONS);
  await client.connect();
  const accepted: string[] = [];
  const send = async () => {
    const person = newPerson();
    const { status, retryAfter } = await client.post('/v1/signups', person);
    if (status === 201) accepted.push(person.email);
    return status === 201 || (status === 503 && retryAfter !== undefined) ? status : WRONG;
  };
  const { times, latestSendMs } = await openLoop({ perSecond, seconds, send });
  client.close();
  const endedAt = Date.now();
  const doneAt = accepted.length > 0 ? await followUpsDone(stack.database) : new Date();
  const count = (status: number) => times[status]?.length ?? 0;
  return {
    offeredPerSecond: perSecond,
    offered: Math.round(perSecond * seconds),
    accepted: count(201),
    shed: count(503),
    wrong: count(WRONG),
    ...latency(times[201] ?? []),
    secondsToAllDone: round(Math.max(0, doneAt.getTime() - endedAt) / 1_000),
    latestSendMs,
    ...(await audit(stack, accepted)),
  };
}
