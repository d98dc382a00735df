import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('usher.database');

/**
 * Runs a statement as a span of the trace that is active; what belongs to none, as a poll, makes none. The
 * text is safe to tell: values are parameters. https://opentelemetry.io/docs/specs/semconv/database/postgresql/
 */
export function inStatementSpan<T>(sql: string, run: () => Promise<T>): Promise<T> {
  return trace.getActiveSpan()?.isRecording() ? traced(sql, run) : run();
}

async function traced<T>(sql: string, run: () => Promise<T>): Promise<T> {
  const { operation, summary } = summaryOf(sql);
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': operation,
    'db.query.summary': summary,
    'db.query.text': sql,
  };
  return tracer.startActiveSpan(summary, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await run();
    } catch (error) {
      const { code, name } = error as { code?: string | number; name?: string };
      span
        .setAttribute('error.type', String(code ?? name))
        .setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What changes rows in a statement that begins with WITH, and where. */
const CHANGES = /\b(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?([a-z_]+\.[a-z_]+)/g;

/** `INSERT messaging.outbox`: the statement's first word, and the first table that it names; WITH has several of them. */
function summaryOf(sql: string): { operation: string; summary: string } {
  const operation = /\w+/.exec(sql)?.[0].toUpperCase() ?? 'SQL';
  const changes = [...sql.matchAll(CHANGES)].map(([, change, table]) => `${change} ${table}`);
  if (operation === 'WITH' && changes.length > 0) return { operation, summary: changes.join(' ') };
  const table = /\b(?:FROM|INTO|UPDATE)\s+(?:ONLY\s+)?([a-z_]+(?:\.[a-z_]+)?)/.exec(sql)?.[1];
  return { operation, summary: table === undefined ? operation : `${operation} ${table}` };
}
