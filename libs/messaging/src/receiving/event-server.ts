import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { RequestDefinition } from '../contract/define-request.js';
import type { Subscription } from '../contract/define-subscription.js';
import type { Messaging } from '../contract/messaging.js';
import type { Database } from '../database/database.js';
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
import { QueueConsumer } from '../connection/queue-consumer.js';
import { SUBSCRIPTION } from './subscribe.decorator.js';

/** What an {@link EventServer} consumes. */
export interface EventServerOptions {
  /** The app's name: the part before the dot in its consumers' names. */
  readonly app: string;
  /** What it has handlers for: all subscriptions of the app. */
  readonly consumes: readonly Subscription[];
  /** Of these it has handlers as well, and does not use them: such as those of a feature that is off. */
  readonly leaves?: readonly Subscription[];
  /** What it answers. */
  readonly answers?: readonly RequestDefinition[];
  /** How long handlers may go on after {@link EventServer.close} before they are aborted; without it, to their end. */
  readonly stopGraceMs?: number;
}

/** Questions that one process answers at a time; the others stay in the queue, where they can expire. */
const REQUEST_PREFETCH = 4;

/**
 * The Nest transport that feeds `@Subscribe` and `@Answer` handlers from RabbitMQ: one queue and one
 * channel per handler, publishing and consuming on separate connections. The app needs `RethrowFilter`
 * as a global filter, set before the handlers are registered.
 */
export class EventServer extends Server implements CustomTransportStrategy {
  override readonly transportId: symbol;
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
  private readonly ledger: DeliveryLedger;
  private readonly failures: FailureSettler;
  private readonly progress: ProgressHints | undefined;
  private consumers: QueueConsumer[] = [];
  private readonly processors: DeliveryProcessor[] = [];
  /** Why the topology could not be declared before consuming. */
  private setupProblem: string | undefined;

  /** @param messaging in whose list every subscription of the app must have a handler here */
  constructor(
    private readonly messaging: Messaging,
    private readonly options: EventServerOptions,
    private readonly config: MessagingConfig,
    private readonly database: Database,
    hints?: Hints,
  ) {
    super();
    this.transportId = Symbol(messaging.names.prefix);
    this.progress = hints && new ProgressHints(hints);
    this.consuming = new BrokerConnection(config.RABBITMQ_URL, `${options.app} consumer`);
    this.publishing = new BrokerConnection(config.RABBITMQ_URL, `${options.app} publisher`);
    this.topology = new DeclaredTopology(
      planTopology(messaging, config.CONSUMER_RETRY_DELAYS, {
        subscriptions: this.expectedSubscriptions(),
      }),
    );
    this.publisher = new ConfirmPublisher(
      messaging,
      this.publishing,
      config.PUBLISH_CONFIRM_TIMEOUT,
      this.topology,
    );
    const { PUBLISH_CONFIRM_TIMEOUT } = config;
    this.answering = new ConfirmPublisher(messaging, this.publishing, PUBLISH_CONFIRM_TIMEOUT);
    this.ledger = new DeliveryLedger(messaging, database);
    this.failures = new FailureSettler(messaging, this.publisher, this.ledger, {
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
    const subscribed = extras[SUBSCRIPTION] as Subscription | undefined;
    const answered = extras[REQUEST] as RequestDefinition | undefined;
    if (answered) return this.addRequest(answered, callback);
    if (!isEventHandler || !subscribed)
      throw new Error(`'${pattern}' is neither @Subscribe nor @Answer: it cannot be served here`);
    const { app, consumes, leaves = [] } = this.options;
    if (leaves.includes(subscribed)) return;
    const subscription = this.messaging.find(subscribed);
    if (!subscription)
      throw new Error(`'${pattern}' is in no list: add it to the subscriptions of the application`);
    if (subscription.app !== app)
      throw new Error(
        `${app} has a handler for '${pattern}', which is of ${subscription.app}: rename its consumer, or move the handler`,
      );
    if (!consumes.includes(subscribed))
      throw new Error(`${app} has a handler for '${pattern}': add it to what ${app} consumes`);
    if (this.handlers.has(subscription)) throw new Error(`'${pattern}' has two handlers`);
    super.addHandler(pattern, callback, isEventHandler, extras);
    this.handlers.set(subscription, async (event, delivery) => {
      await this.call(callback, event, delivery);
    });
  }

  private addRequest(definition: RequestDefinition, callback: MessageHandler): void {
    const { queue } = definition;
    const { app, answers = [] } = this.options;
    const request = this.messaging.find(definition);
    if (!request)
      throw new Error(`'${queue}' is in no list: add it to the requests of the application`);
    if (request.app !== app)
      throw new Error(`'${queue}' is of ${request.app}, and ${app} has a handler for it`);
    if (!answers.includes(definition))
      throw new Error(`${app} has a handler for '${queue}': add it to what ${app} answers`);
    if (this.answers.has(request)) throw new Error(`'${queue}' has two handlers`);
    this.answers.set(request, (question) => this.call(callback, question));
  }

  /** Awaited to the end: Nest's own handleEvent would not wait for an observable. */
  private async call(callback: MessageHandler, data: unknown, context?: unknown): Promise<unknown> {
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

  /** Stops taking messages, finishes those it has, or aborts them after `stopGraceMs`, then disconnects. */
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
    return this.messaging.subscriptions.filter(({ app }) => app === this.options.app);
  }

  private refuseMissingHandlers(): void {
    const { app, consumes, answers = [] } = this.options;
    const found = new Set<object>([...this.handlers.keys(), ...this.answers.keys()]);
    const unhandled = [...consumes, ...answers].filter(
      (each) => !found.has(this.messaging.find(each) ?? each),
    );
    if (unhandled.length > 0)
      throw new Error(
        `${app} has no handler for ${namesOf(unhandled)}: add a controller with @Subscribe or @Answer to its module`,
      );
    const { requests } = this.messaging;
    const expected = [
      ...this.expectedSubscriptions(),
      ...requests.filter(({ app: ofApp }) => ofApp === app),
    ];
    const forgotten = expected.filter((each) => !found.has(each));
    if (forgotten.length > 0)
      throw new Error(
        `${app} leaves ${namesOf(forgotten)} waiting: add it to what ${app} consumes or answers`,
      );
    if (found.size === 0)
      throw new Error(
        `${app} consumes nothing: add a subscription '${app}.<what the handler does>'`,
      );
  }

  /** Waits for the broker as long as it takes. @throws TopologyMismatchError */
  private async declare(): Promise<void> {
    const topology = planTopology(this.messaging, this.config.CONSUMER_RETRY_DELAYS, {
      subscriptions: [...this.handlers.keys()],
      requests: [...this.answers.keys()],
    });
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
      messaging: this.messaging,
      database: this.database,
      ledger: this.ledger,
      failures: this.failures,
      handlerTimeoutMs:
        subscription.effect === 'external'
          ? this.config.CONSUMER_EXTERNAL_TIMEOUT
          : this.config.CONSUMER_HANDLER_TIMEOUT,
      crashLimit: this.config.CRASH_LIMIT,
      stopping: this.stopping.signal,
      onLedgerChange: ({ subject }) => subscription.hint && this.progress?.add(subject),
    });
    this.processors.push(processor);
    const topology = planTopology(this.messaging, this.config.CONSUMER_RETRY_DELAYS, {
      subscriptions: [subscription],
    });
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
    const topology = planTopology(this.messaging, [], { requests: [request] });
    return new QueueConsumer(this.consuming, {
      queue: request.queue,
      prefetch: REQUEST_PREFETCH,
      declare: (model) => this.topology.declare(model, topology),
      onMessage: (message, acknowledgement) => processor.process(message, acknowledgement),
    });
  }
}

const namesOf = (definitions: readonly (Subscription | RequestDefinition)[]) =>
  definitions.map((each) => ('queue' in each ? each.queue : each.consumer)).join(', ');
