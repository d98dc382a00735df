/**
 * Loaded before everything else by `node --import`, since the OpenTelemetry API hands out no-op
 * instruments to whoever asks before a provider is registered.
 */
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { IncomingMessage, ServerResponse } from 'node:http';

const exporter = new PrometheusExporter({ preventServerStart: true });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));

/** Answers a request with this process's metrics in the Prometheus text format. */
export function serveMetrics(request: IncomingMessage, response: ServerResponse): void {
  exporter.getMetricsRequestHandler(request, response);
}
