// Persistence: what is still there when the broker has been restarted.
import { connect, type ChannelModel } from 'amqplib';
import { brokerUrl, open, release, say, takeAll, until } from './broker.js';

const queues = ['example.persistence.classic', 'example.persistence.quorum'];
const RESTART_WITHIN_MS = 180_000; // A person may have to do it.
const { connection, channel } = await open({ queues }, RESTART_WITHIN_MS);

for (const queue of queues) {
  const type = queue.split('.').at(-1);
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
  // A durable queue keeps itself, not what is in it: amqplib's messages are transient by default.
  channel.sendToQueue(queue, Buffer.from('transient'), { persistent: false });
  channel.sendToQueue(queue, Buffer.from('persistent'), { persistent: true });
  say('publisher', `'transient' and 'persistent' to ${queue}`);
}
// Only a confirmed message is promised to be on the disk.
await channel.waitForConfirms();

say('example', 'waits for the broker to be restarted');
connection.on('error', () => undefined); // 'close' follows.
const lost = new Promise((resolve) => connection.once('close', resolve));
process.send?.('restart the broker'); // The launcher does it, if the broker is its own.
await lost;
const again = await reconnect();
say('example', 'the broker is back');

const looking = await again.createConfirmChannel();
for (const queue of queues) say('', `${queue} ${await whatIsLeft(queue)}`);
await release(looking, { queues });
await again.close();

/** An application needs this too, or amqplib's option `recovery`: by default a lost connection stays lost. */
async function reconnect(): Promise<ChannelModel> {
  let found: ChannelModel | undefined;
  await until(async () => {
    found = await connect(brokerUrl()).catch(() => undefined);
    return found !== undefined;
  });
  return found!;
}

async function whatIsLeft(queue: string): Promise<string> {
  const probe = await again.createChannel();
  probe.on('error', () => undefined); // A missing queue closes the channel; the rejected call says why.
  try {
    await probe.checkQueue(queue);
  } catch (error) {
    if ((error as { code?: number }).code !== 404) throw error;
    return 'is gone: this broker keeps nothing over a restart';
  }
  return `still holds ${(await takeAll(looking, queue)).join(', ')}`;
}
