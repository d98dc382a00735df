import { ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { newPerson } from '../load/people.js';
import { latency, type Latency } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { STEP_CONSUMERS } from '../stack/follow-ups.js';

/**
 * One person after the other, on a machine that does nothing else: from the 201 until the last of the three
 * steps is done, by the ledger's clock, which is this machine's.
 */
export async function onboardingTimes(stack: BenchStack, people: number): Promise<Latency> {
  const api = new ApiClient(stack.url);
  const times: number[] = [];
  for (let i = 0; i < people; i++) {
    const answer = await api.signUp(newPerson());
    const answeredAt = Date.now();
    if (answer.status !== 201) throw new Error(`a sign-up was answered ${answer.status}`);
    const done = await eventually(() => lastStep(stack, answer.body.user.id));
    // The steps may have been quicker than the answer.
    times.push(Math.max(0, done.getTime() - answeredAt));
  }
  return latency(times);
}

/** When the last of the person's steps was done; undefined while one is not. */
async function lastStep({ database }: BenchStack, userId: string): Promise<Date | undefined> {
  const [row] = await database.query<{ done: string; last: Date }>(
    `SELECT count(*) AS done, max(completed_at) AS last
       FROM messaging.deliveries WHERE subject = $1 AND status = 'done' AND consumer = ANY ($2::text[])`,
    [userId, STEP_CONSUMERS],
  );
  return Number(row!.done) === STEP_CONSUMERS.length ? row!.last : undefined;
}
