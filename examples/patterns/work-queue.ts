// Work queue: every job goes to one of several workers; prefetch decides to whom.
import { open, say, until } from './broker.js';

const queue = 'example.work-queue';
const JOBS = 10;
const { connection, channel, close } = await open({ queues: [queue] });
await channel.assertQueue(queue, { durable: true });

// The default is no limit: the broker hands out all it has at once, to each in turn.
await share(0);
// Fair dispatch: nobody gets another job before the one in hand is acknowledged.
await share(1);
await close();

async function share(prefetch: number): Promise<void> {
  const slow = await worker(prefetch, { isSlow: true });
  const fast = await worker(prefetch, { isSlow: false });
  for (let job = 1; job <= JOBS; job++)
    channel.sendToQueue(queue, Buffer.from(`${job}`), { persistent: true });
  await channel.waitForConfirms();

  // The slow worker's first job takes longer than everything that the fast one gets.
  await until(() => fast.done.length + slow.inHand.length === JOBS);
  const [current, ...behind] = slow.inHand;
  say('publisher', `${JOBS} jobs to ${queue}; prefetch of the workers: ${prefetch || 'no limit'}`);
  say('fast worker', `has done ${list(fast.done)}; there is nothing left for it`);
  say('slow worker', `still at ${current}; behind it: ${list(behind)}`);
  await fast.stop();
  await slow.stop();
  await channel.purgeQueue(queue);
}

/** Each worker has a channel of its own: the prefetch counts what is unacknowledged there. */
async function worker(prefetch: number, { isSlow }: { isSlow: boolean }) {
  const [inHand, done]: [string[], string[]] = [[], []];
  const own = await connection.createChannel();
  await own.prefetch(prefetch);
  await own.consume(queue, (message) => {
    if (!message) return;
    const job = message.content.toString();
    (isSlow ? inHand : done).push(job);
    if (!isSlow) own.ack(message);
  });
  return { inHand, done, stop: () => own.close() };
}

function list(jobs: readonly string[]): string {
  return jobs.join(' ') || 'nothing';
}
