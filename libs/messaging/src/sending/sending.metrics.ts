import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import type { Messaging } from '../contract/messaging.js';
import type { PublishOutcome } from './outgoing-message.js';

const CONFIRM_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30,
];

/** What is no event of the catalogue: answers to requests, and what others have sent. */
const OTHER = 'other';

const attributesOf = (type: string) => ({
  confirmed: { type, outcome: 'confirmed' },
  returned: { type, outcome: 'returned' },
  nacked: { type, outcome: 'nacked' },
  unencodable: { type, outcome: 'unencodable' },
  timeout: { type, outcome: 'timeout' },
});

/** What is measured of publishing; publishers of one application count together. */
export class SendingMetrics {
  private readonly published: Counter;
  private readonly confirmSeconds: Histogram;
  /** A type that nobody has declared never becomes a label: a publisher could make any number of them. */
  private readonly attributes: ReadonlyMap<string, ReturnType<typeof attributesOf>>;

  constructor({ names, events }: Messaging) {
    const meter = metrics.getMeter(`${names.prefix}.sending`);
    this.published = meter.createCounter(names.metric('published'), {
      description: 'Messages published, by outcome',
    });
    this.confirmSeconds = meter.createHistogram(names.metric('publish_confirm_seconds'), {
      description: 'Time from the write to the publisher confirm',
      unit: 's',
      advice: { explicitBucketBoundaries: CONFIRM_BUCKETS_SECONDS },
    });
    const types = [...events.map(({ type }) => type), OTHER];
    this.attributes = new Map(types.map((type) => [type, attributesOf(type)]));
  }

  record(type: string | undefined, outcome: PublishOutcome, seconds: number): void {
    // Nothing was published then: the message waits where it came from.
    if (outcome === 'unavailable') return;
    const known = this.attributes.get(type ?? OTHER) ?? this.attributes.get(OTHER)!;
    this.published.add(1, known[outcome]);
    if (outcome === 'confirmed') this.confirmSeconds.record(seconds);
  }
}
