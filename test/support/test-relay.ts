import { usherMessaging } from '#libs/contracts';
import {
  BrokerConnection,
  ConfirmPublisher,
  Outbox,
  OutboxRelay,
  type OutboxStore,
} from '#libs/messaging';
import { given } from './environment.js';

/** A relay as an API process has it. */
export interface TestRelay {
  /** Wakes the relay at each commit. */
  readonly outbox: Outbox;
  readonly connection: BrokerConnection;
  readonly publisher: ConfirmPublisher;
  stop(): Promise<void>;
}

/**
 * Does not wait until it can publish.
 * @param options `messaging`: in which the events have consumers; an event without one is not written
 */
export function startTestRelay(
  store: OutboxStore,
  {
    messaging = usherMessaging,
    url = given('RABBITMQ_URL'),
    pollIntervalMs = 100,
    confirmTimeoutMs = 5_000,
  } = {},
): TestRelay {
  const outbox = new Outbox(messaging);
  const connection = new BrokerConnection([url], 'test relay');
  const publisher = new ConfirmPublisher(messaging, connection, confirmTimeoutMs);
  const relay = new OutboxRelay(
    messaging,
    store,
    publisher,
    { pollIntervalMs, leaseMs: 60_000 },
    outbox,
  );
  connection.open();
  publisher.start();
  relay.start();
  return {
    outbox,
    connection,
    publisher,
    async stop() {
      await relay.stop();
      await publisher.stop();
      await connection.close();
    },
  };
}
