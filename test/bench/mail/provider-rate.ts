import { sendWelcomeEmail } from '#libs/contracts';
import { eventually } from '../../support/eventually.js';
import type { BenchOptions } from '../bench.js';
import { round } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { registrationMessage } from '../stack/sample-events.js';

export const RATE_PER_SECOND = 100;
const WORKERS = 3;
/** As many as the default of SMTP_POOL: a mail whose turn has come finds a connection. */
const PREFETCH = 8;
/** Mails that go before anything counts: V8 has to compile what is hot, in each worker. */
const WARM_UP = 4_500;
/** While the load fills the queue nothing counts: it takes a core. */
const FILLING_MS = 3_000;
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
  const settings = {
    MAIL_RATE: `${RATE_PER_SECOND}/1s`,
    CONSUMER_PREFETCH: String(PREFETCH),
  };
  await stack.reset();
  const names = Array.from({ length: WORKERS }, (_, i) => `email-worker ${i + 1}`);
  await Promise.all(names.map((name) => stack.start('email-worker', settings, name)));
  say('rate of the provider: warm-up');
  await send(stack, WARM_UP);
  const samples: RateSample[] = [];
  for (let i = 0; i < rounds; i++) {
    say(`rate of the provider: round ${i + 1} of ${rounds}`);
    samples.push(
      rateOf(await send(stack, RATE_PER_SECOND * (FILLING_MS / SECOND_MS + 2 * seconds))),
    );
  }
  await Promise.all(names.map((name) => stack.stop(name)));
  return samples;
}

/** When each of so many mails was taken. */
async function send({ broker, mail }: BenchStack, mails: number): Promise<readonly number[]> {
  mail.forget();
  await broker.fill(sendWelcomeEmail.consumer, mails, registrationMessage);
  await eventually(() => mail.takenAt.length >= mails, TIMEOUT_MS, 200);
  return mail.takenAt.toSorted((a, b) => a - b);
}

function rateOf(all: readonly number[]): RateSample {
  const times = all.filter((time) => time >= all[0]! + FILLING_MS);
  const seconds = (times.at(-1)! - times[0]!) / SECOND_MS;
  return {
    mails: times.length,
    most: mostInASecond(times),
    mean: round((times.length - 1) / seconds),
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
