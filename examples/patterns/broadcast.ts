// Broadcast: a fanout exchange gives every bound queue a copy.
import { open, say, until } from './broker.js';

const exchange = 'example.broadcast';
const { channel, close } = await open({ exchanges: [exchange] });
await channel.assertExchange(exchange, 'fanout', { durable: true });
channel.on('return', ({ content }) =>
  say('publisher', `got '${content.toString()}' back: nobody listens`),
);

await publish('before anybody listens');
const listeners = [await listen(), await listen()];
await publish('prices have changed');
listeners.push(await listen());
await publish('closed on Monday');

await until(() => listeners.every((received) => received.at(-1) === 'closed on Monday'));
for (const [index, received] of listeners.entries())
  say(`listener ${index + 1}`, `received '${received.join("', '")}'`);

await close();

/** The routing key means nothing here. Without `mandatory`, what nobody takes is dropped without a word. */
async function publish(text: string): Promise<void> {
  say('publisher', `'${text}' to ${exchange}`);
  channel.publish(exchange, '', Buffer.from(text), { mandatory: true });
  await channel.waitForConfirms();
}

/**
 * Named by the server, for this connection alone, and deleted with it: right for what only concerns
 * processes that run now. Whoever must not miss anything needs a durable queue with a name of its own.
 */
async function listen(): Promise<string[]> {
  const received: string[] = [];
  const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
  await channel.bindQueue(queue, exchange, '');
  // Lossy: it counts as handled once it is sent out. Good enough for "look again", for no order of a customer.
  const lossy = { noAck: true };
  await channel.consume(
    queue,
    (message) => message && received.push(message.content.toString()),
    lossy,
  );
  return received;
}
