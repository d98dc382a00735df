import { isReachable, QueueCounter } from '#libs/messaging';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { given } from '../support/environment.js';
import { randomName } from '../support/random-name.js';
import { TestBroker } from '../support/test-broker.js';

/** Takes connections and never says a word, as a node does that is frozen. */
let silent: Server;
let broker: TestBroker;
const sockets: Socket[] = [];
const queue = `silent-node-${randomName()}`;

beforeAll(async () => {
  silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  broker = await TestBroker.connect();
  await broker.channel.assertQueue(queue);
});

afterAll(async () => {
  await broker.channel.deleteQueue(queue);
  await broker.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

it('a node that is silent does not keep a look at the queues from the next node', async () => {
  const url = new URL(given('RABBITMQ_URL'));
  url.host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const counter = new QueueCounter([url.href, given('RABBITMQ_URL')], 'test');
  const look = await counter.countOne(queue);
  counter.close();
  expect(sockets).toHaveLength(1);
  expect(look && isReachable(look)).toBe(true);
});
