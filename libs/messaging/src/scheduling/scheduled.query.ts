import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';

/** An event that waits until it is due. */
export interface ScheduledEvent {
  readonly key: string;
  readonly type: string;
  readonly subject: string;
  readonly dueAt: Date;
}

/** Which of them. */
export interface ScheduledSelection {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly limit: number;
}

/** Scheduled events, the next one first. */
export async function listScheduled(
  { names }: Messaging,
  sql: Sql,
  { type, subject, limit }: ScheduledSelection,
): Promise<ScheduledEvent[]> {
  return sql.query<ScheduledEvent>(
    `SELECT key, type, subject, due_at AS "dueAt" FROM ${names.schema}.scheduled
      WHERE ($1::text IS NULL OR type = $1) AND ($2::text IS NULL OR subject = $2)
      ORDER BY due_at, key LIMIT $3`,
    [type ?? null, subject ?? null, limit],
  );
}

/** The types that a consumer takes. Events of other types wait until one does: nothing would route them. */
export const consumedTypes = ({ subscriptions }: Messaging): string[] => [
  ...new Set(subscriptions.flatMap(({ events }) => events.map(({ type }) => type))),
];

/** How many milliseconds until the next event is due: none or fewer when it is, undefined when there is none. */
export async function untilNextDue(messaging: Messaging, sql: Sql): Promise<number | undefined> {
  const { schema } = messaging.names;
  const [row] = await sql.query<{ ms: number }>(
    `SELECT ceil(extract(epoch FROM due_at - ${schema}.now()) * 1000)::float8 AS ms
       FROM ${schema}.scheduled WHERE type = ANY ($1::text[]) ORDER BY due_at LIMIT 1`,
    [consumedTypes(messaging)],
  );
  return row?.ms;
}

/** What waits to be due, and how overdue the most overdue is. */
export interface ScheduledBacklog {
  readonly pending: number;
  readonly overdueSeconds: number;
}

/** Counts what is scheduled: it reads the whole table. */
export async function scheduledBacklog({ names }: Messaging, sql: Sql): Promise<ScheduledBacklog> {
  const [row] = await sql.query<ScheduledBacklog>(
    `SELECT count(*)::int AS pending,
            coalesce(greatest(extract(epoch FROM ${names.schema}.now() - min(due_at)), 0), 0)::float8
              AS "overdueSeconds"
       FROM ${names.schema}.scheduled`,
  );
  return row!;
}

/** A type of which an event is scheduled, and that the application does not know any more. */
export async function unknownScheduledType(
  { names, events }: Messaging,
  sql: Sql,
): Promise<string | undefined> {
  const [row] = await sql.query<{ type: string }>(
    `SELECT type FROM ${names.schema}.scheduled WHERE type <> ALL ($1::text[]) LIMIT 1`,
    [events.map(({ type }) => type)],
  );
  return row?.type;
}
