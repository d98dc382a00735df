/**
 * The AMQP header that carries the trace from hop to hop (https://www.w3.org/TR/trace-context/); an event's
 * own `traceparent` says where it began.
 */
export const TRACEPARENT = 'traceparent';
