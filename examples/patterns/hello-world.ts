// Hello world: a message straight to a queue, by the queue's name.
import { open, say, until } from './broker.js';

const queue = 'example.hello-world';
const { channel, close } = await open({ queues: [queue] });

// A durable queue is still there after a restart of the broker.
await channel.assertQueue(queue, { durable: true });

// The default exchange, '', knows every queue by its name; nothing has to be bound.
// A message is NOT kept over a restart unless it is `persistent`, and one that no queue takes is
// dropped without a word unless it is `mandatory`: then it comes back as a 'return'.
channel.on('return', ({ content, fields }) =>
  say('publisher', `got '${content.toString()}' back: there is no ${fields.routingKey}`),
);
const safe = { persistent: true, mandatory: true };
channel.publish('', queue, Buffer.from('Hello, world'), safe);
channel.publish('', 'example.no-such-queue', Buffer.from('Is anybody there?'), safe);

// Without this nobody knows whether the broker has them: `publish` only writes to a socket.
await channel.waitForConfirms();
say('publisher', `'Hello, world' to ${queue}: the broker has confirmed it`);

// With `noAck: true` a message would count as handled once it is sent out, and be lost if we died now.
let received = 0;
await channel.consume(queue, (message) => {
  if (!message) return; // The broker cancelled the consumer, for instance because its queue was deleted.
  say('consumer', `received '${message.content.toString()}' from ${queue}`);
  channel.ack(message); // Last, when the work is done.
  received++;
});
await until(() => received === 1);

await close();
