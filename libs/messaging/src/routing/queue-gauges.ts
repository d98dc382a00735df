import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  metrics,
  type BatchObservableResult,
  type Meter,
  type ObservableGauge,
} from '@opentelemetry/api';
import { SharedLook } from '#libs/service-defaults';
import { Messaging } from '../contract/messaging.js';
import { MessagingConfig } from '../messaging.config.js';
import { isReachable, QueueCounter, type QueueLook } from './queue-counter.js';
import { planTopology } from './topology.js';

/** However often it is scraped, the broker is asked no more often than this. */
const LOOK_MAX_AGE_MS = 5_000;

/**
 * Reports what waits in each queue of the topology, and who reads, without the management plugin. On a
 * connection of its own: one that publishes gets no answers while the broker holds publishers back.
 */
@Injectable()
export class QueueGauges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly counter: QueueCounter;
  private readonly meter: Meter;
  private readonly messages: ObservableGauge;
  private readonly consumers: ObservableGauge;
  private readonly attributes: ReadonlyMap<string, { queue: string }>;
  /** Wait queues and dead letters have no consumers, and need none. */
  private readonly consumed: ReadonlySet<string>;
  private readonly looks = new SharedLook(LOOK_MAX_AGE_MS, () => this.look());
  private readonly observe = (result: BatchObservableResult) => this.report(result);

  constructor(
    @Inject(Messaging) messaging: Messaging,
    @Inject(MessagingConfig) config: MessagingConfig,
  ) {
    const { names, subscriptions, requests } = messaging;
    this.meter = metrics.getMeter(`${names.prefix}.routing`);
    this.messages = this.meter.createObservableGauge(names.metric('queue_messages'), {
      description: 'Messages that wait in a queue; those that are being handled are not among them',
    });
    this.consumers = this.meter.createObservableGauge(names.metric('queue_consumers'), {
      description: 'Consumers of a queue that is there to be consumed',
    });
    this.counter = new QueueCounter(config.RABBITMQ_URL, 'queue gauges');
    const { queues } = planTopology(messaging, config.CONSUMER_RETRY_DELAYS);
    this.attributes = new Map(queues.map(({ name }) => [name, { queue: name }]));
    this.consumed = new Set([
      ...subscriptions.map(({ consumer }) => consumer),
      ...requests.map(({ queue }) => queue),
    ]);
  }

  onApplicationBootstrap(): void {
    this.meter.addBatchObservableCallback(this.observe, [this.messages, this.consumers]);
  }

  onApplicationShutdown(): void {
    this.meter.removeBatchObservableCallback(this.observe, [this.messages, this.consumers]);
    this.counter.close();
  }

  /** A queue of which the broker cannot say what it holds has no value. */
  private async report(result: BatchObservableResult): Promise<void> {
    for (const [queue, look] of await this.looks.get()) {
      if (!isReachable(look)) continue;
      const attributes = this.attributes.get(queue)!;
      result.observe(this.messages, look.messages, attributes);
      if (this.consumed.has(queue)) result.observe(this.consumers, look.consumers, attributes);
    }
  }

  /** None while the broker is away, of which the connection itself tells. */
  private async look(): Promise<Map<string, QueueLook>> {
    try {
      return await this.counter.count([...this.attributes.keys()]);
    } catch {
      return new Map();
    }
  }
}
