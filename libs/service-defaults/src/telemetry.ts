/**
 * Loaded before everything else by `node --import`, since the OpenTelemetry API hands out no-op
 * instruments to whoever asks before a provider is registered.
 */
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { observeProcess } from './process.metrics.js';

/** What a gauge that asks a server may take; a scrape goes on without those that take longer. */
const READ_TIMEOUT_MS = 2_000;

const reader = new PrometheusExporter({ preventServerStart: true });
// The labels of a metric are those that it was given, and no others.
const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
observeProcess();

/** This process's metrics in the Prometheus text format, and why some of them could not be read. */
export async function readMetrics(): Promise<{ text: string; errors: readonly unknown[] }> {
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: READ_TIMEOUT_MS });
  return { text: serializer.serialize(resourceMetrics), errors };
}
