import { metrics, type Counter, type Histogram, type UpDownCounter } from '@opentelemetry/api';
import type { Subscription } from '../contract/define-subscription.js';
import type { CloudEvent } from '../contract/event-envelope.js';
import type { Messaging } from '../contract/messaging.js';

/** How a delivery ended. */
export type DeliveryOutcome =
  'done' | 'duplicate' | 'retried' | 'waiting' | 'deferred' | 'dead_lettered';

const HANDLER_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900,
];
/** From what nobody notices to what only waiting for a mail server explains. */
const STEP_BUCKETS_SECONDS = [
  0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400,
];

/** What is measured of one consumer. Its attributes are made once, and its counters begin at zero. */
export class ConsumerMetrics {
  private readonly deliveries: Counter;
  private readonly redeliveries: Counter;
  private readonly handlerSeconds: Histogram;
  private readonly stepSeconds: Histogram;
  private readonly inFlight: UpDownCounter;
  private readonly consumer: { readonly consumer: string };
  private readonly step: { readonly step: string } | undefined;
  private readonly outcomes: Record<DeliveryOutcome, { consumer: string; outcome: string }>;

  constructor({ names }: Messaging, { consumer, step }: Subscription) {
    const meter = metrics.getMeter(`${names.prefix}.receiving`);
    this.deliveries = meter.createCounter(names.metric('deliveries'), {
      description: 'Deliveries by outcome',
    });
    this.redeliveries = meter.createCounter(names.metric('redeliveries'), {
      description: 'Deliveries that the broker marked as not the first of their message',
    });
    this.handlerSeconds = meter.createHistogram(names.metric('handler_seconds'), {
      description: 'Time from the delivery to its settlement',
      unit: 's',
      advice: { explicitBucketBoundaries: HANDLER_BUCKETS_SECONDS },
    });
    this.stepSeconds = meter.createHistogram(names.metric('onboarding_step_seconds'), {
      description: 'Time from the event to a step that is done',
      unit: 's',
      advice: { explicitBucketBoundaries: STEP_BUCKETS_SECONDS },
    });
    this.inFlight = meter.createUpDownCounter(names.metric('in_flight'), {
      description: 'Deliveries that are being handled',
    });
    const withOutcome = (outcome: DeliveryOutcome) => ({ consumer, outcome });
    this.consumer = { consumer };
    this.step = step === undefined ? undefined : { step };
    this.outcomes = {
      done: withOutcome('done'),
      duplicate: withOutcome('duplicate'),
      retried: withOutcome('retried'),
      waiting: withOutcome('waiting'),
      deferred: withOutcome('deferred'),
      dead_lettered: withOutcome('dead_lettered'),
    };
    this.inFlight.add(0, this.consumer);
    this.redeliveries.add(0, this.consumer);
    for (const attributes of Object.values(this.outcomes)) this.deliveries.add(0, attributes);
  }

  started(redelivered: boolean): void {
    this.inFlight.add(1, this.consumer);
    if (redelivered) this.redeliveries.add(1, this.consumer);
  }

  /** A delivery that was abandoned to the broker has no outcome yet: only its next delivery will. */
  ended(outcome: DeliveryOutcome | 'abandoned', seconds: number): void {
    this.inFlight.add(-1, this.consumer);
    if (outcome === 'abandoned') return;
    this.deliveries.add(1, this.outcomes[outcome]);
    this.handlerSeconds.record(seconds, this.consumer);
  }

  /** The event is done for the first time. Clocks of two machines may differ a little. */
  done({ time }: CloudEvent): void {
    if (!this.step) return;
    this.stepSeconds.record(Math.max(0, Date.now() - Date.parse(time)) / 1_000, this.step);
  }
}
