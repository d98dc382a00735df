import { tipsDue, userRegistered, usherMessaging } from '#libs/contracts';
import type { Database } from '#libs/database';
import { outboxBacklog } from '#libs/messaging';
import { ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { percentile } from '../../support/percentiles.js';
import { newPerson } from '../load/people.js';
import { round } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { outboxEmpty, SELDOM_MS } from '../stack/follow-ups.js';
import { scheduleMany } from './sample-schedule.js';

const TIMEOUT_MS = 600_000;
const PUBLISHED_BEFORE = 20_000;
/** One sign-up after the other, with a pause, so that the load is not they. */
const FRESH_PAUSE_MS = 50;

/** The relay's own rate: as many events, prepared in the outbox. */
export async function relayAlone(stack: BenchStack, events: number): Promise<number> {
  await asAfterDays(stack);
  await scheduleMany(stack.database, events, `now() + interval '1 year'`, 'crowd');
  await stack.database.query(
    `WITH ready AS (DELETE FROM messaging.scheduled WHERE key LIKE 'bench:crowd:%' RETURNING *)
     INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers)
     SELECT id, type, source, subject, now(), correlation_id, data, expected_consumers FROM ready`,
  );
  await outboxEmpty(stack.database);
  return rate(stack.database);
}

/** All are due at once: events/s from the first that is published to the last. */
export async function crowdDue(stack: BenchStack, events: number): Promise<number> {
  await asAfterDays(stack);
  await scheduleMany(stack.database, events, `now() - interval '1 second'`, 'crowd');
  await crowdPromoted(stack.database);
  await outboxEmpty(stack.database);
  return rate(stack.database);
}

/** What others notice while a crowd is due. */
export interface Meanwhile {
  /** Milliseconds from the commit of a sign-up until its event is published, p99. */
  readonly freshMs: number;
  /** Seconds that the oldest event of the outbox had waited, at most: what the alert OutboxStuck goes by. */
  readonly oldestSeconds: number;
}

export async function meanwhile(stack: BenchStack, events: number): Promise<Meanwhile> {
  await asAfterDays(stack);
  await scheduleMany(stack.database, events, `now() - interval '1 second'`, 'crowd');
  const over = new AbortController();
  const fresh = signUps(stack, over.signal);
  let oldestSeconds = 0;
  await crowdPromoted(stack.database, async () => {
    const { oldestAgeSeconds } = await outboxBacklog(usherMessaging, stack.database);
    oldestSeconds = Math.max(oldestSeconds, oldestAgeSeconds);
  });
  over.abort();
  await fresh;
  await outboxEmpty(stack.database);
  const times = await stack.database.query<{ ms: number }>(
    `SELECT (extract(epoch FROM published_at - occurred_at) * 1000)::float8 AS ms
       FROM messaging.outbox WHERE type = $1`,
    [userRegistered.type],
  );
  const freshMs = percentile(
    times.map(({ ms }) => ms),
    0.99,
  );
  return { freshMs: round(freshMs), oldestSeconds: round(oldestSeconds) };
}

/**
 * As on an installation that has run for days: its outbox holds events that were published, autovacuum has been
 * there since the last crowd, and the planner knows both tables. Plans that were made for an empty outbox read all of
 * it, until it is analysed; and whoever reads the first events that are due passes the dead rows of the last crowd.
 */
async function asAfterDays(stack: BenchStack): Promise<void> {
  await stack.reset();
  await stack.database.query(
    `INSERT INTO messaging.outbox
            (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers, published_at)
     SELECT gen_random_uuid(), $1, 'before', 'before', now(), 'before', '{}', '{}', now()
       FROM generate_series(1, ${PUBLISHED_BEFORE})`,
    [tipsDue.type],
  );
  await stack.database.query('VACUUM (ANALYZE) messaging.outbox, messaging.scheduled');
}

async function crowdPromoted(
  database: Database,
  look: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await eventually(
    async () => {
      const rows = await database.query(
        `SELECT 1 FROM messaging.scheduled WHERE due_at <= now() ORDER BY due_at LIMIT 1`,
      );
      await look();
      return rows.length === 0;
    },
    TIMEOUT_MS,
    SELDOM_MS,
  );
}

/** From the first settled batch to the last. */
async function rate(database: Database): Promise<number> {
  const batches = await database.query<{ seconds: number; events: number }>(
    `SELECT extract(epoch FROM published_at)::float8 AS seconds, count(*)::int AS events
       FROM messaging.outbox WHERE source = 'bench' GROUP BY published_at ORDER BY published_at`,
  );
  const events = batches.slice(1).reduce((sum, batch) => sum + batch.events, 0);
  return round(events / (batches.at(-1)!.seconds - batches[0]!.seconds));
}

async function signUps(stack: BenchStack, signal: AbortSignal): Promise<void> {
  const api = new ApiClient(stack.url);
  while (!signal.aborted) {
    const { status } = await api.signUp(newPerson());
    if (status !== 201) throw new Error(`a sign-up was answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, FRESH_PAUSE_MS));
  }
}
