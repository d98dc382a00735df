import { usherMessaging } from '#libs/contracts';
import { createDataSource, Database } from '#libs/database';
import { DatabaseConfig } from '#libs/bootstrap';
import {
  BrokerConnection,
  ConfirmPublisher,
  explainBrokerError,
  MessagingConfig,
  QueueCounter,
} from '#libs/messaging';
import type { ChannelModel } from 'amqplib';
import { configured } from './configured.js';

/** What a command on the broker works with. */
export interface Broker {
  readonly config: MessagingConfig;
  readonly connection: BrokerConnection;
  readonly model: ChannelModel;
  readonly publisher: ConfirmPublisher;
  readonly queues: QueueCounter;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Connects to the first node that answers, for as long as `work` takes. @throws Error when none answers in 10 s */
export async function withBroker<T>(work: (broker: Broker) => Promise<T>): Promise<T> {
  const config = await configured(MessagingConfig);
  const connection = new BrokerConnection(config.RABBITMQ_URL, 'usher command line');
  const publisher = new ConfirmPublisher(
    usherMessaging,
    connection,
    config.PUBLISH_CONFIRM_TIMEOUT,
  );
  const queues = new QueueCounter(config.RABBITMQ_URL, 'usher command line: queues');
  const isReady = new Promise<void>((resolve) => publisher.onReady(resolve));
  connection.open();
  publisher.start();
  try {
    const model = await connection.model(AbortSignal.timeout(CONNECT_TIMEOUT_MS));
    if (!model) throw new Error(connection.problem);
    await isReady;
    return await work({ config, connection, model, publisher, queues });
  } catch (error) {
    // With its other properties, such as PostgreSQL's code.
    throw Object.assign(error as Error, { message: explainBrokerError(error as Error) });
  } finally {
    queues.close();
    await publisher.stop();
    await connection.close();
  }
}

/** Connects to the database for as long as `work` takes. */
export async function withDatabase<T>(
  work: (database: Database) => Promise<T>,
  statementTimeoutMs?: number,
): Promise<T> {
  const { DATABASE_URL, DATABASE_PREPARED } = await configured(DatabaseConfig);
  const options = {
    url: DATABASE_URL,
    applicationName: 'usher command line',
    poolSize: 4,
    prepared: DATABASE_PREPARED,
    statementTimeoutMs,
  };
  const dataSource = await createDataSource(options).initialize();
  try {
    return await work(new Database(dataSource));
  } finally {
    await dataSource.destroy();
  }
}
