import type { EventDefinition, EventOf } from '../contract/define-event.js';
import type { CloudEvent } from '../contract/event-envelope.js';
import { traceparentOf } from '#libs/service-defaults';
import { v7 as uuidv7 } from 'uuid';

/** Where an event comes from and what it belongs to. */
export interface EventContext {
  /** The app that says so. */
  readonly source: string;
  /** The id of what it is about. */
  readonly subject: string;
  /** The request that began it all. */
  readonly correlationId: string;
  /** The event that led to this one. */
  readonly causationId?: string;
}

/**
 * A new event with a UUIDv7 of its own, which happened now, in the trace that is active.
 * @throws ZodError when the data does not fit the definition: a defect of the caller
 */
export function createEvent<D extends EventDefinition>(
  definition: D,
  data: EventOf<D>['data'],
  context: EventContext,
): EventOf<D> {
  const traceparent = traceparentOf();
  const event: CloudEvent = {
    specversion: '1.0',
    id: uuidv7(),
    source: context.source,
    type: definition.type,
    subject: context.subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    dataschema: definition.dataSchemaUri,
    correlationid: context.correlationId,
    ...(context.causationId && { causationid: context.causationId }),
    ...(traceparent && { traceparent }),
    data,
  };
  return definition.envelope.parse(event) as EventOf<D>;
}
