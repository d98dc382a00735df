import { usherMessaging } from '#libs/contracts';
import { BrokerConnection, ConfirmPublisher } from '#libs/messaging';
import { given } from './environment.js';
import { eventually } from './eventually.js';

/** A connection and a publisher as an app has them, ready for use. */
export interface TestPublisher {
  readonly connection: BrokerConnection;
  readonly publisher: ConfirmPublisher;
  close(): Promise<void>;
}

export async function startTestPublisher(url = given('RABBITMQ_URL')): Promise<TestPublisher> {
  const connection = new BrokerConnection([url], 'test publisher');
  const publisher = new ConfirmPublisher(usherMessaging, connection, 5_000);
  connection.open();
  publisher.start();
  await eventually(() => publisher.isReady);
  return {
    connection,
    publisher,
    async close() {
      await publisher.stop();
      await connection.close();
    },
  };
}
