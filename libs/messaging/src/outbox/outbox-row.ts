import { dataSchemaUri } from '../contract/define-event.js';
import type { CloudEvent } from '../contract/event-envelope.js';
import type { Names } from '../contract/names.js';

/** The columns of the outbox that make an event; `o` is the table's alias. */
export const EVENT_COLUMNS = `o.id, o.type, o.source, o.subject, o.occurred_at, o.correlation_id,
  o.causation_id, o.traceparent, o.data, o.promoted`;

/** A row with {@link EVENT_COLUMNS}. */
export interface OutboxRow {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly occurred_at: Date;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
  readonly data: unknown;
  /** It was scheduled: what comes of it is a trace of its own, with a link to the one that scheduled it. */
  readonly promoted: boolean;
}

/** The event as it was when it was written. */
export function toEvent({ prefix }: Names, row: OutboxRow): CloudEvent {
  return {
    specversion: '1.0',
    id: row.id,
    source: row.source,
    type: row.type,
    subject: row.subject,
    time: row.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: dataSchemaUri(prefix, row.type),
    correlationid: row.correlation_id,
    ...(row.causation_id && { causationid: row.causation_id }),
    ...(row.traceparent && { traceparent: row.traceparent }),
    data: row.data,
  };
}
