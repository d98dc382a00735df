// Headers: routing by several attributes at once; `x-match` says whether all of them must agree, or any.
import { open, say, takeAll } from './broker.js';

const exchange = 'example.headers';
const bindings = {
  all: { 'x-match': 'all', channel: 'mail', locale: 'zh-CN' },
  any: { 'x-match': 'any', channel: 'mail', locale: 'zh-CN' },
};
const messages = [
  { channel: 'mail', locale: 'zh-CN' },
  { channel: 'mail', locale: 'en' },
  { channel: 'inbox', locale: 'zh-CN', urgent: true }, // A header that no binding names does no harm.
  { channel: 'inbox', locale: 'en' },
];
const { channel, close } = await open({ exchanges: [exchange] });
await channel.assertExchange(exchange, 'headers', { durable: true });

// Queues of this connection alone, to look at the routing. Who must miss nothing has a durable one.
const queues = await Promise.all(
  Object.values(bindings).map(async (binding) => {
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
    await channel.bindQueue(queue, exchange, '', binding); // The routing key means nothing here.
    return { title: text(binding), queue };
  }),
);

channel.on('return', ({ content }) =>
  say('publisher', `got '${content.toString()}' back: no binding`),
);
for (const headers of messages) {
  say('publisher', `'${text(headers)}' to ${exchange}`);
  channel.publish(exchange, '', Buffer.from(text(headers)), { headers, mandatory: true });
  await channel.waitForConfirms();
}

for (const { title, queue } of queues) {
  say('bound by', title);
  for (const received of await takeAll(channel, queue)) say('', `received '${received}'`);
}

await close();

function text(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
