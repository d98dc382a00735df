/**
 * Loaded before everything else by `node --import`, since the OpenTelemetry API hands out no-op
 * instruments to whoever asks before a provider is registered.
 */
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType, MeterProvider } from '@opentelemetry/sdk-metrics';
import { observeProcess } from './process.metrics.js';

/** What a gauge that asks a server may take; a scrape, which Prometheus ends after 10 s, goes on without those that take longer. */
const READ_TIMEOUT_MS = 8_000;

const reader = new PrometheusExporter({ preventServerStart: true });
// With a cumulative one OpenTelemetry 2.12 repeats for ever what an observable gauge said last, also when it says
// nothing any more: TemporalMetricProcessor merges each collection into the one before.
reader.selectAggregationTemporality = (type) =>
  type === InstrumentType.OBSERVABLE_GAUGE
    ? AggregationTemporality.DELTA
    : AggregationTemporality.CUMULATIVE;
// The labels of a metric are those that it was given, and no others.
const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
observeProcess();

/** This process's metrics in the Prometheus text format, and why some of them could not be read. */
export async function readMetrics(): Promise<{ text: string; errors: readonly unknown[] }> {
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: READ_TIMEOUT_MS });
  return { text: serializer.serialize(resourceMetrics), errors };
}
