import { sendWelcomeEmail } from '#libs/contracts';
import { eventually } from '../../support/eventually.js';
import type { BenchOptions } from '../bench.js';
import { round } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { registrationMessage } from '../stack/sample-events.js';

export const RATE_PER_SECOND = 100;
const WORKERS = 3;
const PREFETCH = 4;
/** Until all workers send. */
const FIRST_MS = 3_000;
const SECOND_MS = 1_000;
const TIMEOUT_MS = 600_000;

export interface RateSample {
  readonly mails: number;
  /** In any second, wherever it begins. */
  readonly most: number;
  /** A second, over the backlog. */
  readonly mean: number;
}

/** A backlog of mails that three workers send at one rate, as the mail server sees them. */
export async function providerRates(
  stack: BenchStack,
  { rounds, seconds }: BenchOptions,
  say: (line: string) => void,
): Promise<RateSample[]> {
  const samples: RateSample[] = [];
  for (let i = 0; i < rounds; i++) {
    say(`rate of the provider: round ${i + 1} of ${rounds}`);
    samples.push(await measure(stack, RATE_PER_SECOND * (FIRST_MS / SECOND_MS + 2 * seconds)));
  }
  return samples;
}

async function measure(stack: BenchStack, mails: number): Promise<RateSample> {
  const { mail, broker } = stack;
  const queue = sendWelcomeEmail.consumer;
  await stack.reset();
  await broker.fill(queue, mails, registrationMessage);
  const names = Array.from({ length: WORKERS }, (_, i) => `email-worker ${i + 1}`);
  const settings = {
    MAIL_RATE: `${RATE_PER_SECOND}/1s`,
    CONSUMER_PREFETCH: String(PREFETCH),
  };
  await Promise.all(names.map((name) => stack.launch('email-worker', settings, name)));
  await eventually(async () => mail.takenAt.length >= mails, TIMEOUT_MS, 200);
  await Promise.all(names.map((name) => stack.stop(name)));
  const times = mail.takenAt.toSorted((a, b) => a - b);
  const [from, until] = [times[0]! + FIRST_MS, times.at(-1)!];
  const counted = times.filter((time) => time >= from);
  return {
    mails: times.length,
    most: mostInASecond(times),
    mean: round((counted.length - 1) / ((until - counted[0]!) / SECOND_MS)),
  };
}

/** @param times in their order */
function mostInASecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [last, time] of times.entries()) {
    while (times[first]! <= time - SECOND_MS) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
