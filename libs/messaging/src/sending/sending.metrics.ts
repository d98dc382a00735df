import { metrics } from '@opentelemetry/api';
import { eventCatalog } from '#libs/contracts';
import type { PublishOutcome } from './publish-outcome.js';

const CONFIRM_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30,
];

const meter = metrics.getMeter('usher.sending');
const published = meter.createCounter('usher_published', {
  description: 'Messages published, by outcome',
});
const confirmSeconds = meter.createHistogram('usher_publish_confirm_seconds', {
  description: 'Time from the write to the publisher confirm',
  unit: 's',
  advice: { explicitBucketBoundaries: CONFIRM_BUCKETS_SECONDS },
});

/** What is no event of the catalogue: answers to requests, and what others have sent. */
const OTHER = 'other';

const attributesOf = (type: string) => ({
  confirmed: { type, outcome: 'confirmed' },
  returned: { type, outcome: 'returned' },
  nacked: { type, outcome: 'nacked' },
  unencodable: { type, outcome: 'unencodable' },
  timeout: { type, outcome: 'timeout' },
});

/** A type that nobody has declared never becomes a label: whoever can publish could make any number of them. */
const attributes = new Map(
  [...eventCatalog.map(({ type }) => type), OTHER].map((type) => [type, attributesOf(type)]),
);

export function recordPublished(
  type: string | undefined,
  outcome: PublishOutcome,
  seconds: number,
): void {
  // Nothing was published then: the message waits where it came from.
  if (outcome === 'unavailable') return;
  const known = attributes.get(type ?? OTHER) ?? attributes.get(OTHER)!;
  published.add(1, known[outcome]);
  if (outcome === 'confirmed') confirmSeconds.record(seconds);
}
