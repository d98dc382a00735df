// Delayed message: it waits in a queue without consumer until it expires, then is dead-lettered to its goal.
import { open, say, until } from './broker.js';

const goal = 'example.delayed-message';
const waitQueue = (delayMs: number) => `${goal}.wait.${delayMs}ms`;
const oneForAll = `${goal}.wait`;
const { channel, close } = await open({
  queues: [goal, waitQueue(600), waitQueue(200), oneForAll],
});

await channel.assertQueue(goal, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
// One wait queue for each delay. No plugin: a queue, its TTL, and where its dead letters go.
const whenExpired = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': goal };
for (const delayMs of [600, 200])
  await channel.assertQueue(waitQueue(delayMs), {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-message-ttl': delayMs, ...whenExpired },
  });
// The trap: one queue for all delays, each message with an expiration of its own.
await channel.assertQueue(oneForAll, {
  durable: true,
  arguments: { 'x-queue-type': 'quorum', ...whenExpired },
});

const received: string[] = [];
await channel.consume(goal, (message) => {
  if (!message) return;
  const [death] = message.properties.headers?.['x-death'] ?? [];
  received.push(message.content.toString());
  const way = death ? `which expired in ${death.queue}` : 'which did not wait';
  say('consumer', `received '${message.content.toString()}', ${way}`);
  channel.ack(message);
});

send(waitQueue(600), 'after 600 ms');
send(waitQueue(200), 'after 200 ms');
send(goal, 'at once');
await until(() => received.length === 3);

// Only the first of a queue can expire: the short delay waits for the long one in front of it.
send(oneForAll, 'after 600 ms', 600);
send(oneForAll, 'after 200 ms', 200);
await until(() => received.length === 5);

await close();

function send(queue: string, text: string, expiration?: number): void {
  say('publisher', `'${text}' to ${queue}${expiration ? `, expiration ${expiration}` : ''}`);
  channel.sendToQueue(queue, Buffer.from(text), { persistent: true, expiration });
}
