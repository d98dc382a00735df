import { usherMessaging } from '#libs/contracts';
import { createDataSource, Database } from '#libs/database';
import {
  BrokerConnection,
  ConfirmPublisher,
  DeclaredTopology,
  MessagingConfig,
  planTopology,
  Reconciler,
} from '#libs/messaging';
import { loadConfig } from '#libs/service-defaults';
import { Logger } from '@nestjs/common';

const NAME = 'npm run up';

/**
 * What a broker in memory held when it ended: everything that was published and has no outcome is sent again
 * before any app starts. At most 1,000 of each consumer; the API's reconciler finds the rest.
 * @returns how many were sent
 */
export async function sendLostMessages(databaseUrl: string, brokerUrl: string): Promise<number> {
  Logger.overrideLogger(['error', 'fatal']); // The launcher itself says how many were sent.
  const config = loadConfig([MessagingConfig], { ...process.env, RABBITMQ_URL: brokerUrl }).get(
    MessagingConfig,
  ) as MessagingConfig;
  const retryDelaysMs = config.CONSUMER_RETRY_DELAYS;
  // The broker in memory that ends takes everything with it: no age makes a queue safer.
  const topology = new DeclaredTopology(planTopology(usherMessaging, retryDelaysMs), 0);
  const dataSource = await createDataSource({
    url: databaseUrl,
    applicationName: NAME,
    poolSize: 2,
  }).initialize();
  const connection = new BrokerConnection([brokerUrl], NAME);
  const publisher = new ConfirmPublisher(
    usherMessaging,
    connection,
    config.PUBLISH_CONFIRM_TIMEOUT,
    topology,
  );
  try {
    const isReady = new Promise<void>((resolve) => publisher.onReady(resolve));
    connection.open();
    publisher.start();
    await isReady;
    const options = { retryDelaysMs, prefetch: config.CONSUMER_PREFETCH };
    const reconciler = new Reconciler(
      usherMessaging,
      new Database(dataSource),
      connection,
      publisher,
      options,
    );
    return (await reconciler.reconcile(0, true))?.resent ?? 0;
  } finally {
    await publisher.stop();
    await connection.close();
    await dataSource.destroy();
  }
}
