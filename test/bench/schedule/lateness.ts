import { eventually } from '../../support/eventually.js';
import { percentile } from '../../support/percentiles.js';
import { round } from '../measuring/statistics.js';
import type { BenchStack } from '../stack/bench-stack.js';
import { scheduleMany } from './sample-schedule.js';

/** The events are due one after the other, in an order that nobody can guess. */
const AHEAD_MS = 2_000;
const APART_MS = 40;

/** Milliseconds after the moment when it is due until an event is promoted, p99, on an idle machine. */
export async function lateness(stack: BenchStack, events: number): Promise<number> {
  await stack.reset();
  await scheduleMany(
    stack.database,
    events,
    `clock_timestamp() + (${AHEAD_MS} + (n + random()) * ${APART_MS}) * interval '1 millisecond'`,
    'idle',
  );
  const due = await stack.database.query<{ id: string; due_at: Date }>(
    `SELECT id, due_at FROM messaging.scheduled WHERE key LIKE 'bench:idle:%'`,
  );
  await eventually(async () => {
    const rows = await stack.database.query(
      `SELECT 1 FROM messaging.scheduled WHERE key LIKE 'bench:idle:%' LIMIT 1`,
    );
    return rows.length === 0;
  }, 600_000);
  const promoted = await stack.database.query<{ id: string; occurred_at: Date }>(
    `SELECT id, occurred_at FROM messaging.outbox WHERE source = 'bench'`,
  );
  const at = new Map(promoted.map(({ id, occurred_at: when }) => [id, when.getTime()]));
  return round(
    percentile(
      due.map(({ id, due_at: dueAt }) => at.get(id)! - dueAt.getTime()),
      0.99,
    ),
  );
}
