// Direct: an exchange that compares the routing key with each binding's key, letter by letter.
import { open, say, takeAll } from './broker.js';

const exchange = 'example.direct';
const bindings = {
  'example.direct.on-call': ['error'],
  'example.direct.archive': ['info', 'warning', 'error'],
};
const { channel, close } = await open({ queues: Object.keys(bindings), exchanges: [exchange] });

await channel.assertExchange(exchange, 'direct', { durable: true });
for (const [queue, keys] of Object.entries(bindings)) {
  await channel.assertQueue(queue, { durable: true });
  for (const key of keys) await channel.bindQueue(queue, exchange, key);
}

// A key that no binding has: without `mandatory` the message would be dropped without a word.
channel.on('return', ({ fields }) =>
  say('publisher', `got '${fields.routingKey}' back: no binding`),
);
for (const key of ['info', 'warning', 'error', 'debug']) {
  say('publisher', `'${key}' to ${exchange}`);
  channel.publish(exchange, key, Buffer.from(key), { persistent: true, mandatory: true });
  await channel.waitForConfirms();
}

for (const queue of Object.keys(bindings)) {
  const received = await takeAll(channel, queue);
  say('', `${queue} received ${received.join(', ')}`);
}

await close();
