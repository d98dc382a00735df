import { metrics } from '@opentelemetry/api';
import type { PublishOutcome } from './publish-outcome.js';

const meter = metrics.getMeter('usher.sending');
const published = meter.createCounter('usher_published', {
  description: 'Messages published, by outcome',
});
const confirmSeconds = meter.createHistogram('usher_publish_confirm_seconds', {
  description: 'Time from the write to the publisher confirm',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15],
  },
});

export function recordPublished(type: string, outcome: PublishOutcome, seconds: number): void {
  // Nothing was published then: the message waits where it came from.
  if (outcome === 'unavailable') return;
  published.add(1, { type, outcome });
  if (outcome === 'confirmed') confirmSeconds.record(seconds);
}
