import { type CloudEvent, CLOUDEVENTS_JSON } from '../contract/event-envelope.js';
import { TRACEPARENT } from '../connection/process-span.js';
import type { OutgoingMessage } from './outgoing-message.js';

/**
 * An event as an AMQP message; the properties repeat what routers and operators look at.
 * @param goesOn whether the message belongs to the trace in which the event began; else that is only linked to
 */
export function eventMessage(
  event: CloudEvent,
  exchange: string,
  routingKey: string,
  goesOn = true,
): OutgoingMessage {
  return {
    exchange,
    routingKey,
    content: Buffer.from(JSON.stringify(event)),
    properties: {
      messageId: event.id,
      type: event.type,
      appId: event.source,
      // AMQP 0-9-1 timestamps are whole seconds.
      timestamp: Math.floor(Date.parse(event.time) / 1_000),
      contentType: CLOUDEVENTS_JSON,
      ...(goesOn && event.traceparent && { headers: { [TRACEPARENT]: event.traceparent } }),
    },
  };
}
