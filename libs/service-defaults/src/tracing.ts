import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';

/** Without a {@link startTracing} before it, every span is an empty one, and costs next to nothing. */
export const tracer = trace.getTracer('usher');

/** Runs `work` as a span, within which its own spans find their parent. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
  parent: Context = context.active(),
): Promise<T> {
  return tracer.startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Says that a span has failed, and by its kind why: what an error says may be personal. */
export function markFailed(span: Span, error: unknown): void {
  const { code, name } = (error ?? {}) as { code?: string | number; name?: string };
  span.setAttribute('error.type', String(code ?? name ?? 'error'));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The trace that something belongs to, as it is written down and sent: https://www.w3.org/TR/trace-context/ */
export function traceparentOf(traced: Context = context.active()): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(traced, carrier);
  return carrier.traceparent;
}

/** The trace that a `traceparent` names; none when it is missing or makes no sense. */
export function contextOf(traceparent: unknown): Context {
  return typeof traceparent === 'string'
    ? propagation.extract(ROOT_CONTEXT, { traceparent })
    : ROOT_CONTEXT;
}

/** What a log line says of the trace that it belongs to. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
