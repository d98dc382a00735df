import { connect } from 'amqplib';
import { optionsOf } from './options.js';

/** amqplib and nothing else: so many unconfirmed messages at a time, persistent and mandatory. */
export interface PublishOptions {
  readonly brokerUrl: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: string;
  readonly events: number;
  readonly window: number;
}

/** Before it counts. */
const WARM_UP = 0.2;

const options = optionsOf<PublishOptions>();
const model = await connect(options.brokerUrl);
const channel = await model.createConfirmChannel();
const content = Buffer.from(options.content);
const properties = {
  persistent: true,
  mandatory: true,
  type: options.routingKey,
  contentType: 'application/cloudevents+json',
};
channel.on('return', () => {
  throw new Error('no queue took the message');
});

/** The next message goes out with each confirm. */
function publish(events: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let confirmed = 0;
    const send = () => {
      sent++;
      channel.publish(options.exchange, options.routingKey, content, properties, (error) => {
        if (error) reject(error as Error);
        else if (++confirmed === events) resolve();
        else if (sent < events) send();
      });
    };
    while (sent < Math.min(options.window, events)) send();
  });
}

await publish(Math.ceil(options.events * WARM_UP));
const startedAt = performance.now();
await publish(options.events);
process.send!({ perSecond: (options.events * 1_000) / (performance.now() - startedAt) });
await model.close();
process.disconnect();
