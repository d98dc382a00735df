import { metrics } from '@opentelemetry/api';

/** How a delivery ended. */
export type DeliveryOutcome = 'done' | 'duplicate' | 'retried' | 'waiting' | 'dead_lettered';

const meter = metrics.getMeter('usher.receiving');
const deliveries = meter.createCounter('usher_deliveries', {
  description: 'Deliveries by outcome',
});
const handlerSeconds = meter.createHistogram('usher_handler_seconds', {
  description: 'Time from the delivery to its settlement',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
  },
});
const inFlight = meter.createUpDownCounter('usher_in_flight', {
  description: 'Deliveries in hand',
});

export function deliveryStarted(consumer: string): void {
  inFlight.add(1, { consumer });
}

/** A delivery that was abandoned to the broker has no outcome yet: only its next delivery will. */
export function deliveryEnded(
  consumer: string,
  outcome: DeliveryOutcome | 'abandoned',
  seconds: number,
): void {
  inFlight.add(-1, { consumer });
  if (outcome === 'abandoned') return;
  deliveries.add(1, { consumer, outcome });
  handlerSeconds.record(seconds, { consumer });
}
