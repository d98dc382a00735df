import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { RequestDefinition } from '../contract/define-request.js';
import type { Subscription } from '../contract/define-subscription.js';
import type { Database } from '#libs/database';
import { Backoff } from '#libs/service-defaults';
import { lastValueFrom } from 'rxjs';
import { BrokerConnection } from '../connection/broker-connection.js';
import { explainBrokerError } from '../connection/explain-broker-error.js';
import { DeliveryLedger } from '../deliveries/delivery-ledger.js';
import type { MessagingConfig } from '../messaging.config.js';
import type { Hints } from '../hints/hints.js';
import { ProgressHints } from '../hints/progress-hints.js';
import { REQUEST } from '../requests/answer.decorator.js';
import { RequestProcessor, type RequestHandler } from '../requests/request-processor.js';
import { TopologyMismatchError } from '../routing/declare-topology.js';
import { DeclaredTopology } from '../routing/declared-topology.js';
import { planTopology } from '../routing/topology.js';
import { ConfirmPublisher } from '../sending/confirm-publisher.js';
import { DeliveryProcessor, type EventHandler } from './delivery-processor.js';
import { FailureSettler } from './failure-settler.js';
import { QueueConsumer } from './queue-consumer.js';
import { SUBSCRIPTION } from './subscribe.decorator.js';

/** What an {@link EventServer} consumes. */
export interface EventServerOptions {
  /** The app's name: the part before the dot in its consumers' names. */
  readonly app: string;
  /** The list in which every subscription of the app must have a handler here. */
  readonly subscriptions: readonly Subscription[];
  /** How long handlers may go on after {@link EventServer.close} before they are aborted; without it, to their end. */
  readonly stopGraceMs?: number;
}

/** Questions that one process has in hand; the others stay in the queue, where they can expire. */
const REQUEST_PREFETCH = 4;

/**
 * The Nest transport that feeds `@Subscribe` and `@Answer` handlers from RabbitMQ: one queue and one
 * channel per handler, publishing and consuming on separate connections.
 */
export class EventServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('usher');
  // Lets a handler's error reach us instead of being logged and dropped by Nest.
  override readonly propagatesEventHandlerErrors = true;
  protected override readonly logger = new Logger(EventServer.name);
  private readonly handlers = new Map<Subscription, EventHandler>();
  private readonly answers = new Map<RequestDefinition, RequestHandler>();
  private readonly stopping = new AbortController();
  private readonly consuming: BrokerConnection;
  private readonly publishing: BrokerConnection;
  private readonly topology: DeclaredTopology;
  private readonly publisher: ConfirmPublisher;
  /** A channel apart: an answer goes to its asker and waits for no topology. */
  private readonly answering: ConfirmPublisher;
  private readonly failures: FailureSettler;
  private readonly progress: ProgressHints | undefined;
  private consumers: QueueConsumer[] = [];
  private readonly processors: DeliveryProcessor[] = [];
  /** Why the topology could not be declared before consuming. */
  private setupProblem: string | undefined;

  constructor(
    private readonly options: EventServerOptions,
    private readonly config: MessagingConfig,
    private readonly database: Database,
    hints?: Hints,
  ) {
    super();
    this.progress = hints && new ProgressHints(hints);
    this.consuming = new BrokerConnection(config.RABBITMQ_URL, `${options.app} consumer`);
    this.publishing = new BrokerConnection(config.RABBITMQ_URL, `${options.app} publisher`);
    this.topology = new DeclaredTopology(
      planTopology(this.expectedSubscriptions(), config.CONSUMER_RETRY_DELAYS),
    );
    this.publisher = new ConfirmPublisher(
      this.publishing,
      config.PUBLISH_CONFIRM_TIMEOUT,
      this.topology,
    );
    this.answering = new ConfirmPublisher(this.publishing, config.PUBLISH_CONFIRM_TIMEOUT);
    this.failures = new FailureSettler(this.publisher, new DeliveryLedger(database), {
      delaysMs: config.CONSUMER_RETRY_DELAYS,
      retryForMs: config.CONSUMER_RETRY_FOR,
    });
  }

  /** Called by Nest for every decorated method. @throws Error when the handler does not belong here */
  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const subscription = extras[SUBSCRIPTION] as Subscription | undefined;
    const request = extras[REQUEST] as RequestDefinition | undefined;
    if (request) return this.addRequest(request, callback);
    if (!isEventHandler || !subscription) {
      throw new Error(
        `'${pattern}' is neither @Subscribe nor @Answer; nothing else is served here`,
      );
    }
    if (
      !this.options.subscriptions.includes(subscription) ||
      subscription.app !== this.options.app
    ) {
      throw new Error(`'${pattern}' is not in the subscription list of ${this.options.app}`);
    }
    if (this.handlers.has(subscription)) throw new Error(`'${pattern}' has two handlers`);
    super.addHandler(pattern, callback, isEventHandler, extras);
    this.handlers.set(subscription, async (event, delivery) => {
      await this.run(callback, event, delivery);
    });
  }

  private addRequest(request: RequestDefinition, callback: MessageHandler): void {
    const { queue, app } = request;
    if (app !== this.options.app) throw new Error(`'${queue}' is not of ${this.options.app}`);
    if (this.answers.has(request)) throw new Error(`'${queue}' has two handlers`);
    this.answers.set(request, (question) => this.run(callback, question));
  }

  /** Awaited to the end: Nest's own handleEvent would not wait for an observable. */
  private async run(callback: MessageHandler, data: unknown, context?: unknown): Promise<unknown> {
    const result = this.transformToObservable(await callback(data, context));
    return lastValueFrom(result, { defaultValue: undefined });
  }

  /** Resolves through `callback` when every queue is declared and its consumer started. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.refuseMissingHandlers();
      this.consuming.open();
      this.publishing.open();
      if (this.answers.size > 0) this.answering.start();
      await this.declare();
      this.publisher.start();
      this.consumers = [
        ...[...this.handlers].map(([each, handler]) => this.consumerOf(each, handler)),
        ...[...this.answers].map(([each, handler]) => this.answererOf(each, handler)),
      ];
      for (const consumer of this.consumers) consumer.start();
      callback();
    } catch (error) {
      await this.close();
      callback(error);
    }
  }

  /** Stops taking messages, finishes those in hand, or aborts them after `stopGraceMs`, then disconnects. */
  async close(): Promise<void> {
    const { stopGraceMs } = this.options;
    this.stopping.abort();
    this.failures.stop();
    this.topology.hurry();
    const abort = () => this.processors.forEach((processor) => processor.abort());
    const timer = stopGraceMs === undefined ? undefined : setTimeout(abort, stopGraceMs);
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    clearTimeout(timer);
    await Promise.all([this.publisher.stop(), this.answering.stop()]);
    await Promise.all([this.consuming.close(), this.publishing.close()]);
  }

  /** Why this process does not consume, or undefined when it does. */
  get problem(): string | undefined {
    if (this.consuming.problem) return this.consuming.problem;
    const active = this.consumers.filter((consumer) => consumer.isActive).length;
    const all = this.handlers.size + this.answers.size;
    if (active > 0 && active === all) return this.publisher.problem;
    const reason = this.setupProblem ?? this.consumers.find(({ problem }) => problem)?.problem;
    return `${active} of ${all} consumers active${reason ? ` (${reason})` : ''}`;
  }

  /** Nothing to register: this transport has no status events of its own. */
  on(): void {}

  unwrap<T>(): T {
    throw new Error('there is no underlying server to unwrap');
  }

  private expectedSubscriptions(): Subscription[] {
    return this.options.subscriptions.filter(({ app }) => app === this.options.app);
  }

  private refuseMissingHandlers(): void {
    const expected = this.expectedSubscriptions();
    const missing = expected.filter((subscription) => !this.handlers.has(subscription));
    if (missing.length > 0 || expected.length === 0) {
      const names = missing.map(({ consumer }) => consumer).join(', ') || 'any subscription';
      throw new Error(`${this.options.app} has no handler for ${names}`);
    }
  }

  /** Waits for the broker as long as it takes. @throws TopologyMismatchError */
  private async declare(): Promise<void> {
    const topology = planTopology([...this.handlers.keys()], this.config.CONSUMER_RETRY_DELAYS, [
      ...this.answers.keys(),
    ]);
    const backoff = new Backoff(200, 5_000);
    for (;;) {
      const model = await this.consuming.model(this.stopping.signal);
      if (!model) return;
      try {
        await this.topology.declare(model, topology);
        this.setupProblem = undefined;
        return;
      } catch (error) {
        if (error instanceof TopologyMismatchError) throw error;
        const reason = explainBrokerError(error as Error);
        if (reason !== this.setupProblem)
          this.logger.warn(`the topology could not be declared: ${reason}; trying again`);
        this.setupProblem = reason;
        await backoff.wait(this.stopping.signal);
      }
    }
  }

  private consumerOf(subscription: Subscription, handler: EventHandler): QueueConsumer {
    const processor = new DeliveryProcessor(subscription, handler, {
      database: this.database,
      ledger: new DeliveryLedger(this.database),
      failures: this.failures,
      handlerTimeoutMs:
        subscription.effect === 'external'
          ? this.config.CONSUMER_EXTERNAL_TIMEOUT
          : this.config.CONSUMER_HANDLER_TIMEOUT,
      crashLimit: this.config.CRASH_LIMIT,
      stopping: this.stopping.signal,
      onProgress: ({ subject }) => this.progress?.tell(subject),
    });
    this.processors.push(processor);
    const topology = planTopology([subscription], this.config.CONSUMER_RETRY_DELAYS);
    return new QueueConsumer(this.consuming, {
      queue: subscription.consumer,
      prefetch: this.config.CONSUMER_PREFETCH,
      // Again on every new channel: the queue may have been deleted meanwhile.
      declare: (model) => this.topology.declare(model, topology),
      onMessage: (message, acknowledgement) => processor.process(message, acknowledgement),
    });
  }

  private answererOf(request: RequestDefinition, handler: RequestHandler): QueueConsumer {
    const processor = new RequestProcessor(request, handler, this.answering);
    const topology = planTopology([], [], [request]);
    return new QueueConsumer(this.consuming, {
      queue: request.queue,
      prefetch: REQUEST_PREFETCH,
      declare: (model) => this.topology.declare(model, topology),
      onMessage: (message, acknowledgement) => processor.process(message, acknowledgement),
    });
  }
}
