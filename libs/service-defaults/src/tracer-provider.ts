import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { envDetector, detectResources, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { hostname } from 'node:os';

/**
 * Loaded only where spans are sent. All limits are the SDK's own, with their standard variables: spans wait
 * in a queue of `OTEL_BSP_MAX_QUEUE_SIZE`, and what finds no place there is dropped; nobody waits for it.
 */
export function registerTracerProvider(service: string): NodeTracerProvider {
  const provider = new NodeTracerProvider({
    // `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win.
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'usher',
      'service.instance.id': `${hostname()}-${process.pid}`,
    }).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return provider;
}
