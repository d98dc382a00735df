// Ordered processing: of several consumers one is active; when it dies the next goes on in order.
import { open, reach, say, until } from './broker.js';

const queue = 'example.ordered-processing';
const { channel, close } = await open({ queues: [queue] });
// Without it both consumers would be given messages, and 2 could be done before 1.
const inOrder = { 'x-queue-type': 'quorum', 'x-single-active-consumer': true };
await channel.assertQueue(queue, { durable: true, arguments: inOrder });

const handled: string[] = [];
await consume('consumer 1', { diesWith: '3' });
const survivor = await consume('consumer 2'); // It stands by.

say('publisher', `1 2 3 4 5 6 to ${queue}`);
for (const text of ['1', '2', '3', '4', '5', '6'])
  channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
await channel.waitForConfirms();

await until(() => handled.length === 6);
say('together', `handled ${handled.join(' ')}`);

await survivor.close();
await close();

/** On a connection of its own, as another process would be. */
async function consume(name: string, { diesWith = '' } = {}) {
  const connection = await reach();
  const own = await connection.createChannel();
  await own.prefetch(1); // With more in hand, a second message could be done before the first one.
  await own.consume(queue, (message) => {
    if (!message) return;
    const text = message.content.toString();
    const again = message.fields.redelivered ? ', which was delivered before' : '';
    if (text === diesWith) {
      say(name, `received ${text} and dies before the acknowledgement`);
      void connection.close();
    } else {
      say(name, `handled ${text}${again}`);
      handled.push(text);
      own.ack(message);
    }
  });
  return connection;
}
