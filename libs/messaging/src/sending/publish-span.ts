import { context, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { contextOf, tracer, traceparentOf } from '#libs/service-defaults';
import type { OutgoingMessage, PublishOutcome } from './outgoing-message.js';
import { TRACEPARENT } from '../connection/process-span.js';

/** All that the broker names for one asker alone: names of spans are few. */
const TEMPORARY = '(temporary)';

/**
 * Begins the span of a publish, in the trace that the message's header names, else in the active one.
 * https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/
 */
export function startPublishSpan({ exchange, routingKey, properties }: OutgoingMessage): Span {
  const given = (properties.headers as Record<string, unknown> | undefined)?.[TRACEPARENT];
  const parent = given === undefined ? context.active() : contextOf(given);
  const isTemporary = exchange === '' && routingKey.startsWith('amq.');
  const destination = exchange || (isTemporary ? TEMPORARY : routingKey);
  const span = tracer.startSpan(`publish ${destination}`, { kind: SpanKind.PRODUCER }, parent);
  if (span.isRecording()) {
    span.setAttributes({
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': destination,
      ...(isTemporary
        ? { 'messaging.destination.temporary': true }
        : { 'messaging.rabbitmq.destination.routing_key': routingKey }),
      'messaging.message.id': properties.messageId,
    });
  }
  return span;
}

export function endPublishSpan(span: Span, outcome: PublishOutcome): void {
  if (outcome !== 'confirmed') {
    span.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** The properties with the header by which whoever receives the message goes on with the span's trace. */
export function inTraceOf<P extends OutgoingMessage['properties']>(span: Span, properties: P): P {
  const traceparent = traceparentOf(trace.setSpan(context.active(), span));
  if (traceparent === undefined) return properties;
  return { ...properties, headers: { ...properties.headers, [TRACEPARENT]: traceparent } };
}
