import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, PASSWORD } from '../../support/api-client.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { HttpClient } from '../load/http-client.js';
import { openLoop } from '../load/open-loop.js';
import { newPerson } from '../load/people.js';
import { latency } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { followUpsDone } from '../stack/follow-ups.js';
import { audit } from './audit.js';
import { crowdFigures, type CrowdSample } from './crowd-figures.js';
import { signUpOne, type Kind, type PersonRecord } from './person.js';

/** People, not requests: each comes at a time of its own and stays until it has its account, or leaves. */
export interface CrowdOptions {
  readonly perSecond: number;
  readonly seconds: number;
  /** Share of those who leave after the first answer. */
  readonly noShows: number;
  /** Shares of those who do not keep to the protocol. */
  readonly retryAfter?: number;
  readonly hammers?: number;
  /** Sign-ups in a second that the build can do. */
  readonly steady: number;
}

const CONNECTIONS = 256;
/** Existing accounts log in all the time, one after the other. */
const LOG_INS = { perSecond: 5, accounts: 20, connections: 8 };
const SEED = 1;

export async function crowd(stack: BenchStack, options: CrowdOptions): Promise<CrowdSample> {
  await stack.reset();
  const { perSecond, seconds, noShows, retryAfter = 0, hammers = 0, steady } = options;
  const random = new SeededRandom(SEED);
  const kind = (): Kind => {
    const drawn = random.next();
    if (drawn < retryAfter) return 'retry-after';
    return drawn < retryAfter + hammers ? 'hammer' : 'page';
  };
  const residents = await signUpResidents(stack);
  const logIns = logInAlways(stack, residents);
  const client = new HttpClient(stack.url, CONNECTIONS);
  await client.connect();
  const records: PersonRecord[] = [];
  const startedAt = performance.now();
  const { latestSendMs } = await openLoop({
    perSecond,
    seconds,
    send: async () => {
      const record = await signUpOne(client, kind(), random.next() < noShows);
      records.push(record);
      return record.doneAt === undefined ? 0 : 201;
    },
  });
  client.close();
  const logInTimes = await logIns.end();
  await followUpsDone(stack.database);
  const finished = records.filter(({ doneAt }) => doneAt !== undefined);
  return {
    ...crowdFigures(records, { startedAt, crowdSeconds: seconds, steady }),
    latestSendMs,
    logIns: { ...latency(logInTimes.times), others: logInTimes.others },
    ...(await audit(stack, [...residents, ...finished.map(({ email }) => email)])),
  };
}

async function signUpResidents(stack: BenchStack): Promise<string[]> {
  const api = new ApiClient(stack.url);
  const people = Array.from({ length: LOG_INS.accounts }, newPerson);
  for (const person of people) {
    const { status } = await api.signUp(person);
    if (status !== 201) throw new Error(`a sign-up before the crowd was answered ${status}`);
  }
  await followUpsDone(stack.database);
  return people.map(({ email }) => email);
}

function logInAlways(stack: BenchStack, emails: readonly string[]) {
  const client = new HttpClient(stack.url, LOG_INS.connections);
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  let others = 0;
  const over = new AbortController();
  const logIn = async (email: string) => {
    const askedAt = performance.now();
    const { status } = await client.post('/v1/sessions', { email, password: PASSWORD });
    if (status === 201) times.push(performance.now() - askedAt);
    else others++;
  };
  const running = (async () => {
    for (let nth = 0; !over.signal.aborted; nth++) {
      pending.push(logIn(emails[nth % emails.length]!));
      await sleep(1_000 / LOG_INS.perSecond);
    }
    await Promise.all(pending);
    client.close();
  })();
  return {
    async end() {
      over.abort();
      await running;
      return { times, others };
    },
  };
}
