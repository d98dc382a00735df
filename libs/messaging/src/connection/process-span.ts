import { SpanKind, trace, type Span } from '@opentelemetry/api';
import { contextOf, inSpan } from '#libs/service-defaults';
import type { ConsumeMessage } from 'amqplib';

/**
 * The AMQP header that carries the trace from hop to hop (https://www.w3.org/TR/trace-context/); an event's
 * own `traceparent` says where it began.
 */
export const TRACEPARENT = 'traceparent';

/**
 * Runs `work` as the span of one delivery, in the trace that the message's header names, else in a new one.
 * https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/
 */
export async function inProcessSpan<T>(
  queue: string,
  { fields, properties }: ConsumeMessage,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const parent = contextOf(properties.headers?.[TRACEPARENT]);
  const options = { kind: SpanKind.CONSUMER };
  const process = (span: Span) => {
    if (span.isRecording()) {
      span.setAttributes({
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': queue,
        'messaging.rabbitmq.destination.routing_key': fields.routingKey,
        'messaging.message.id': String(properties.messageId ?? properties.correlationId),
      });
    }
    return work(span);
  };
  return inSpan(`process ${queue}`, options, process, parent);
}

/** Links the delivery of the active span to where its event began, if that was in another trace: a replay has its own. */
export function linkToOrigin(traceparent: string | undefined): void {
  const span = trace.getActiveSpan();
  const origin = trace.getSpanContext(contextOf(traceparent));
  if (span && origin && origin.traceId !== span.spanContext().traceId) {
    span.addLink({ context: origin });
  }
}
