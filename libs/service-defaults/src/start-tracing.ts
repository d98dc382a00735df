import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';

/** The last spans are waited for so long when a process ends; a receiver that is away gets none of them. */
const FLUSH_TIMEOUT_MS = 3_000;
/** What goes wrong with sending spans is told once in so long a time, not for every batch. */
const REPEAT_AFTER_MS = 60_000;
const MAX_REASONS = 100;

/**
 * Sends this process's spans to the OTLP/HTTP receiver that the standard variables name. Without one nothing
 * is loaded. https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/
 * @returns what to await at the end: it sends the last spans
 */
export async function startTracing(service: string): Promise<() => Promise<void>> {
  if (!isWanted()) return async () => undefined;
  const logger = new Logger('Tracing');
  diag.setLogger(reportingTo(logger), DiagLogLevel.WARN);
  const { registerTracerProvider } = await import('./tracer-provider.js');
  const provider = registerTracerProvider(service);
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
    });
    // Its failures are reported as all others.
    await Promise.race([provider.shutdown().catch(() => undefined), patience]);
    clearTimeout(timer);
  };
}

function isWanted(): boolean {
  const endpoint =
    process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const disabled = process.env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  return Boolean(endpoint) && !disabled && process.env['OTEL_TRACES_EXPORTER'] !== 'none';
}

const ignore = () => undefined;

function reportingTo(logger: Logger) {
  const toldAt = new Map<string, number>();
  const report = (message: string) => {
    // The exporter's errors are JSON with a stack: the kind of trouble is in the first words.
    const [reason] = /(?<="message":")[^"]+/.exec(message) ?? [message];
    const now = Date.now();
    if (now - (toldAt.get(reason) ?? 0) < REPEAT_AFTER_MS) return;
    if (toldAt.size >= MAX_REASONS) toldAt.clear();
    toldAt.set(reason, now);
    logger.warn(`spans are not sent as they should be: ${reason}`);
  };
  return { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore };
}
