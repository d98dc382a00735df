// Releasing a queue: purge empties it, delete removes it, and two conditions protect what is in use.
import type { Options } from 'amqplib';
import { open, say, until } from './broker.js';

const queue = 'example.releasing-a-queue';
const { connection, channel, close } = await open({ queues: [queue] });
await channel.assertQueue(queue, { durable: true });

const inHand: string[] = [];
let isCancelled = false;
await channel.prefetch(1);
await channel.consume(queue, (message) => {
  if (message) inHand.push(message.content.toString());
  else isCancelled = true;
});

await send('one', 'two', 'three');
await until(() => inHand.length === 1);
say('consumer', `has '${inHand[0]}' in hand, not yet acknowledged`);

// Cannot be undone, and makes no dead letters.
const { messageCount } = await channel.purgeQueue(queue);
say('owner', `purged ${messageCount}: what is in hand is not thrown away`);

await tryToDelete('if unused', { ifUnused: true });
await send('four');
await tryToDelete('if empty', { ifEmpty: true });
await tryToDelete('without a condition', {});
await until(() => isCancelled);
say('consumer', 'received null instead of a message: its queue is gone');
await tryToDelete('once more', {});

await close();

async function send(...texts: string[]): Promise<void> {
  for (const text of texts) channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
  await channel.waitForConfirms();
  say('publisher', `'${texts.join("', '")}' to ${queue}`);
}

/** On a channel of its own: the broker closes the channel on which it refuses. */
async function tryToDelete(how: string, options: Options.DeleteQueue): Promise<void> {
  const own = await connection.createChannel();
  own.on('error', () => undefined); // The rejected call says why.
  try {
    const deleted = await own.deleteQueue(queue, options);
    say('owner', `delete ${how}: deleted, with ${deleted.messageCount} in it`);
    await own.close();
  } catch (error) {
    say('owner', `delete ${how}: ${/"(.*)"/.exec((error as Error).message)?.[1]}`);
  }
}
