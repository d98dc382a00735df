import {
  computeRecommendations,
  deliverGettingStartedGuide,
  sendWelcomeEmail,
} from '#libs/contracts';
import type { Subscription } from '#libs/messaging';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, round } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { fillOutbox } from '../stack/sample-events.js';

/** The resident memory of one process in MB, when it had handled so many events. */
export interface MemorySample {
  readonly events: number;
  readonly megabytes: number;
}

/** Memory by process. */
export type MemoryCourse = Readonly<Record<string, readonly MemorySample[]>>;

const CONSUMERS: readonly Subscription[] = [
  sendWelcomeEmail,
  computeRecommendations,
  deliverGettingStartedGuide,
];
const SAMPLE_MS = 500;
/** Of all events: after the first fifth a process has all that it needs. */
const FIFTH = 0.2;

/** Lets API and workers handle so many events, and looks at their memory all the while. */
export async function memoryCourse(stack: BenchStack, events: number): Promise<MemoryCourse> {
  await stack.reset();
  await stack.start('api');
  await Promise.all(CONSUMERS.map(({ app }) => stack.start(app, { CONSUMER_PREFETCH: '10' })));
  await fillOutbox(stack.database, events);
  const course: Record<string, MemorySample[]> = {};
  for (;;) {
    const handled = await progress(stack, events);
    for (const [app, count] of Object.entries(handled)) {
      const megabytes = await residentMegabytes(stack.pids[app]!);
      (course[app] ??= []).push({ events: count, megabytes });
    }
    if (Object.values(handled).every((count) => count >= events)) break;
    await sleep(SAMPLE_MS);
  }
  for (const app of Object.keys(course)) await stack.stop(app);
  return course;
}

/** How many events each process has behind it: relayed, or taken from its queue. */
async function progress({ database, broker }: BenchStack, events: number) {
  const [row] = await database.query<{ pending: string }>(
    'SELECT count(*) AS pending FROM messaging.outbox WHERE published_at IS NULL',
  );
  const relayed = events - Number(row!.pending);
  const handled: Record<string, number> = { api: relayed };
  for (const { app, consumer } of CONSUMERS) {
    handled[app] = Math.max(0, relayed - (await broker.depth(consumer)));
  }
  return handled;
}

/** VmRSS of proc(5). */
async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024);
}

/** The memory over the last fifth of the events, and by how much that is more than over the second fifth. */
export function growthOf(samples: readonly MemorySample[]): { megabytes: number; growth: number } {
  const total = Math.max(...samples.map(({ events }) => events));
  const between = (from: number, to: number) => {
    const within = samples.filter(({ events }) => events > from * total && events <= to * total);
    // A process that was too quick for a sample there: what it had by the next one.
    const chosen =
      within.length > 0 ? within : [samples.find(({ events }) => events > from * total)!];
    return median(chosen.map(({ megabytes }) => megabytes));
  };
  const megabytes = between(1 - FIFTH, 1);
  return { megabytes, growth: round(megabytes / between(FIFTH, 2 * FIFTH)) };
}
