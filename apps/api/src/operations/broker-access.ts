import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  BrokerConnection,
  ConfirmPublisher,
  Messaging,
  MessagingConfig,
  QueueCounter,
} from '#libs/messaging';
import { ApiConfig } from '../api.config.js';
import { Problem } from '../http/problem.js';

const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_AFTER_SECONDS = 2;

/** The operators' own connection to the broker, so that a look at the queues never holds up the relay. */
@Injectable()
export class BrokerAccess implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly connection: BrokerConnection;
  readonly publisher: ConfirmPublisher;
  readonly queues: QueueCounter;

  constructor(
    messaging: Messaging,
    { RABBITMQ_URL, PUBLISH_CONFIRM_TIMEOUT }: MessagingConfig,
    private readonly config: ApiConfig,
  ) {
    this.connection = new BrokerConnection(RABBITMQ_URL, 'operations');
    this.publisher = new ConfirmPublisher(messaging, this.connection, PUBLISH_CONFIRM_TIMEOUT);
    this.queues = new QueueCounter(RABBITMQ_URL, 'operations: queues');
  }

  onApplicationBootstrap(): void {
    // Where nobody is let in, nobody needs it.
    if (this.config.OPS_TOKEN === undefined) return;
    this.connection.open();
    this.publisher.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.queues.close();
    await this.publisher.stop();
    await this.connection.close();
  }

  /** @throws Problem `broker_unavailable` */
  async requireBroker(): Promise<void> {
    const model = await this.connection.model(AbortSignal.timeout(CONNECT_TIMEOUT_MS));
    if (!model) {
      throw new Problem('broker_unavailable', this.connection.problem, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
  }
}
