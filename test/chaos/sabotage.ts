import { connect } from 'amqplib';
import { deliverGettingStartedGuide, subscriptions, usherMessaging } from '#libs/contracts';
import type { Sql } from '#libs/database';

/**
 * What the auditor must find. `ledger`: the ledger forgets what is done, and events come twice.
 * `ack`: messages are acknowledged before anything has come of them, and nobody reconciles.
 */
export const SABOTAGES = ['ledger', 'ack'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** Makes the ledger forget each delivery in the moment in which it is done. */
export async function forgetWhatIsDone(sql: Sql): Promise<void> {
  await sql.query(`
    CREATE SCHEMA sabotage;
    CREATE FUNCTION sabotage.forget() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM messaging.deliveries WHERE consumer = NEW.consumer AND event_id = NEW.event_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER sabotage AFTER INSERT OR UPDATE ON messaging.deliveries
      FOR EACH ROW WHEN (NEW.status = 'done') EXECUTE FUNCTION sabotage.forget()`);
}

/** Delivers to each handler's queue a second copy of all that arrives from now on. @returns its end */
export async function doubleEveryEvent(url: string): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const types = new Set(subscriptions.flatMap(({ events }) => events.map(({ type }) => type)));
  for (const type of types) await channel.bindQueue(queue, usherMessaging.names.events, type);
  await channel.consume(
    queue,
    (message) => {
      if (!message) return;
      const { content, properties, fields } = message;
      for (const { consumer, events } of subscriptions) {
        if (!events.some(({ type }) => type === fields.routingKey)) continue;
        channel.sendToQueue(consumer, content, { ...properties, headers: {} });
      }
    },
    { noAck: true },
  );
  return () => connection.close();
}

/** Consumes a handler's queue beside the worker and acknowledges at once, as a worker that acks too early and dies. */
export async function acknowledgeTooEarly(url: string): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.consume(deliverGettingStartedGuide.consumer, () => undefined, { noAck: true });
  return () => connection.close();
}
