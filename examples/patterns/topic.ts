// Topic: routing keys are words between dots; `*` stands for one word, `#` for any number, also none.
import { open, say, takeAll } from './broker.js';

const exchange = 'example.topic';
const patterns = [
  ['user.*.v1'],
  ['user.#'],
  ['*.*.v2'],
  ['#.v1'],
  ['user.joined.v1'],
  ['user.*.v1', 'user.#'], // Two bindings of one queue that both match: still one copy.
  ['#'],
];
const keys = [
  'user',
  'user.joined.v1',
  'user.joined.v2',
  'user.left.v1',
  'user.address.moved.v1',
  'order.placed.v2',
];
const { channel, close } = await open({ exchanges: [exchange] });
await channel.assertExchange(exchange, 'topic', { durable: true });

// Queues of this connection alone, to look at the routing. Who must miss nothing has a durable one.
const queues = await Promise.all(
  patterns.map(async (bound) => {
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
    for (const pattern of bound) await channel.bindQueue(queue, exchange, pattern);
    return { title: bound.join(' + '), queue };
  }),
);

for (const key of keys) channel.publish(exchange, key, Buffer.from(key), { mandatory: true });
await channel.waitForConfirms();
say('publisher', `${keys.length} messages to ${exchange}; copies in the queue that is bound by …`);

const received = await Promise.all(queues.map(({ queue }) => takeAll(channel, queue)));
row('', (_, title) => title);
for (const key of keys)
  row(key, (index) => `${received[index]?.filter((each) => each === key).length || '-'}`);

await close();

function row(title: string, cell: (index: number, title: string) => string): void {
  const cells = queues.map((queue, index) => cell(index, queue.title).padEnd(queue.title.length));
  console.log([title.padEnd(25), ...cells].join('  ').trimEnd());
}
