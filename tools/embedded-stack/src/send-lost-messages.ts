import { UsherConfig } from '#libs/bootstrap';
import { usherDefinition } from '#libs/contracts';
import { createDataSource, Database } from '#libs/database';
import {
  BrokerConnection,
  ConfirmPublisher,
  DeclaredTopology,
  Messaging,
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
export async function sendLostMessages(
  databaseUrl: string,
  brokerUrl: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  Logger.overrideLogger(['error', 'fatal']); // The launcher itself says how many were sent.
  const configs = loadConfig([MessagingConfig, UsherConfig], { ...env, RABBITMQ_URL: brokerUrl });
  const config = configs.get(MessagingConfig) as MessagingConfig;
  const { FEATURES } = configs.get(UsherConfig) as UsherConfig;
  const messaging = new Messaging(usherDefinition(FEATURES));
  const retryDelaysMs = config.CONSUMER_RETRY_DELAYS;
  // The broker in memory that ends takes everything with it: no age makes a queue safer.
  const topology = new DeclaredTopology(planTopology(messaging, retryDelaysMs), 0);
  const dataSource = await createDataSource({
    url: databaseUrl,
    applicationName: NAME,
    poolSize: 2,
  }).initialize();
  const connection = new BrokerConnection([brokerUrl], NAME);
  const publisher = new ConfirmPublisher(
    messaging,
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
      messaging,
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
