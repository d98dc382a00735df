import { EmbeddedBroker } from '../../tools/embedded-stack/src/parts/broker/embedded-broker.js';
import { encodeFrame, FRAME } from '../../tools/embedded-stack/src/parts/broker/wire/frames.js';
import { encodeContentHeader } from '../../tools/embedded-stack/src/parts/broker/wire/properties.js';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { SeededRandom } from '../support/seeded-random.js';
import { eventually } from '../support/eventually.js';
import {
  methodFrame,
  opening,
  PROTOCOL_HEADER,
  RawAmqpClient,
} from '../support/raw-amqp-client.js';

const CONNECTIONS = 400;
const QUEUE = 'wire';

let broker: EmbeddedBroker;
const logged: string[] = [];
let bystander: ChannelModel;
let channel: ConfirmChannel;

beforeAll(async () => {
  broker = await EmbeddedBroker.start({ log: (line) => logged.push(line) });
  bystander = await connect(broker.url);
  channel = await bystander.createConfirmChannel();
  await channel.assertQueue(QUEUE);
});

afterAll(async () => {
  await bystander.close();
  await broker.close();
});

/** The connection and the channel of somebody else work as if nothing had been. */
afterEach(async () => {
  channel.sendToQueue(QUEUE, Buffer.from('still here'));
  await channel.waitForConfirms();
  await expect(channel.get(QUEUE, { noAck: true })).resolves.toMatchObject({
    content: Buffer.from('still here'),
  });
  expect(broker.usedBytes).toBe(0);
});

const publish = (exchange = '', routingKey = QUEUE, immediate = false) =>
  methodFrame(1, 'basic.publish', {
    reserved1: 0,
    exchange,
    routingKey,
    mandatory: false,
    immediate,
  });
const header = (size: number) => encodeFrame(FRAME.header, 1, encodeContentHeader(size, {}));
const body = (text: string) => encodeFrame(FRAME.body, 1, Buffer.from(text));
const closeChannel = { replyCode: 200, replyText: '', classId: 0, methodId: 0 };
const broken = (frame: Buffer, at: number, value: number) => {
  const copy = Buffer.from(frame);
  copy[copy.length + at] = value;
  return copy;
};
const unknownMethod = (channelNumber: number) =>
  encodeFrame(FRAME.method, channelNumber, Buffer.from('003c03e7', 'hex'));

describe('a connection is closed alone, with', () => {
  it.each<[code: number, what: string, frames: Buffer[]]>([
    [501, 'a frame that ends wrongly', [broken(publish(), -1, 0)]],
    [501, 'a frame of no known type', [encodeFrame(4, 1, Buffer.alloc(3))]],
    [501, 'a frame that is too long', [encodeFrame(FRAME.body, 1, Buffer.alloc(131_065))]],
    [501, 'a body that is longer than announced', [publish(), header(3), body('four')]],
    [502, 'a method that ends early', [encodeFrame(FRAME.method, 1, Buffer.from([0, 60]))]],
    [502, 'malformed properties', [publish(), encodeFrame(FRAME.header, 1, Buffer.alloc(1))]],
    [503, 'a handshake that begins anew', [opening('amqp://a:b@c').subarray(8)]],
    [504, 'a method on a channel that is not open', [unknownChannel()]],
    [504, 'a body on a channel that is not open', [encodeFrame(FRAME.body, 2, Buffer.alloc(1))]],
    [504, 'a channel beyond the last', [methodFrame(101, 'channel.open', { reserved1: '' })]],
    [504, 'a channel that is opened twice', [methodFrame(1, 'channel.open', { reserved1: '' })]],
    [505, 'a content header that nothing announced', [header(3)]],
    [505, 'a content body that nothing announced', [body('four')]],
    [505, 'a content body without its header', [publish(), body('four')]],
    [505, 'a second content header', [publish(), header(3), header(3)]],
    [505, 'a method in the midst of a content', [publish(), header(3), publish()]],
    [505, 'a content on channel 0', [encodeFrame(FRAME.body, 0, Buffer.alloc(1))]],
    [540, 'a method that nobody knows', [unknownMethod(1)]],
    [540, 'a method that nobody knows on channel 0', [unknownMethod(0)]],
    [540, 'a transaction', [methodFrame(1, 'tx.select', {})]],
    [540, 'a publish that asks to be immediate', [publish('', QUEUE, true), header(0)]],
    [
      540,
      'an argument that nobody knows',
      [
        methodFrame(1, 'queue.declare', {
          reserved1: 0,
          queue: 'new',
          passive: false,
          durable: true,
          exclusive: false,
          autoDelete: false,
          noWait: false,
          arguments: new Map([['x-unknown', 1]]),
        }),
      ],
    ],
  ])('%d for %s', async (code, _, frames) => {
    const client = await RawAmqpClient.connect(broker.url);
    await client.sayAndBeClosed(opening(broker.url), ...frames);
    expect(client.closeCode).toBe(code);
  });

  it.each<[code: number, what: string, change: object]>([
    [503, 'an unknown way to log in', { mechanism: 'EXTERNAL' }],
    [530, 'frames that are too small', { frameMax: 4_095 }],
    [530, 'frames that are larger than offered', { frameMax: 131_073 }],
    [530, 'no limit of channels', { channelMax: 0 }],
    [530, 'a virtual host that is not there', { virtualHost: '/other' }],
  ])('%d for %s in the handshake', async (code, _, change) => {
    const client = await RawAmqpClient.connect(broker.url);
    await client.sayAndBeClosed(opening(broker.url, change));
    expect(client.closeCode).toBe(code);
  });

  it('403 for a wrong password', async () => {
    const url = Object.assign(new URL(broker.url), { password: 'wrong' }).href;
    const client = await RawAmqpClient.connect(url);
    await client.sayAndBeClosed(opening(url));
    expect(client.closeCode).toBe(403);
  });
});

function unknownChannel(): Buffer {
  return methodFrame(2, 'basic.get', { reserved1: 0, queue: QUEUE, noAck: true });
}

it('another protocol is told which one is spoken here', async () => {
  const client = await RawAmqpClient.connect(broker.url);
  await client.sayAndBeClosed(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  expect(client.received).toEqual(PROTOCOL_HEADER);
});

it('a channel that the broker has closed drops everything until the client confirms', async () => {
  const client = await RawAmqpClient.connect(broker.url);
  client.socket.write(opening(broker.url));
  client.socket.write(Buffer.concat([publish('missing'), header(2), body('ok')]));
  client.socket.write(Buffer.concat([publish(), header(2), body('ok'), unknownMethod(0)]));
  await eventually(() => client.closeCode);
  // Only what came on another channel was heard.
  expect(client.closeCode).toBe(540);
  const codes = client.methods
    .filter(({ name }) => name === 'channel.close')
    .map(({ fields }) => fields);
  expect(codes).toMatchObject([{ replyCode: 404, classId: 60, methodId: 40 }]);
  client.destroy();
});

/** What a client could say in a whole life. */
function life(random: SeededRandom): Buffer {
  const pieces = [opening(broker.url)];
  for (let step = 0; step < 12; step++) {
    pieces.push(
      random.pick([
        () => Buffer.concat([publish('amq.topic', 'nobody'), header(2), body('ok')]),
        () => Buffer.concat([publish('amq.topic', 'nobody'), header(0)]),
        () => methodFrame(1, 'basic.qos', { prefetchSize: 0, prefetchCount: 3, global: false }),
        () => methodFrame(1, 'confirm.select', { noWait: false }),
        () => methodFrame(1, 'basic.recover', { requeue: true }),
        () => methodFrame(1, 'channel.flow', { active: true }),
        () => encodeFrame(FRAME.heartbeat, 0, Buffer.alloc(0)),
        () =>
          methodFrame(1, 'basic.consume', {
            reserved1: 0,
            queue: QUEUE,
            consumerTag: '',
            noLocal: false,
            noAck: false,
            exclusive: false,
            noWait: true,
            arguments: new Map(),
          }),
      ])(),
    );
  }
  pieces.push(methodFrame(1, 'channel.close', closeChannel));
  return Buffer.concat(pieces);
}

/** Flips, inserts, takes out or cuts off, somewhere. */
function damaged(bytes: Buffer, random: SeededRandom): Buffer {
  const at = Math.floor(random.between(0, bytes.length));
  const noise = Buffer.from(Array.from({ length: 8 }, () => random.between(0, 256)));
  const ways = [
    () => broken(bytes, at - bytes.length, Math.floor(random.between(0, 256))),
    () => Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 5)]),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), noise]),
  ];
  return random.pick(ways)();
}

it(`${CONNECTIONS} damaged connections end with a code of the specification or in silence`, async () => {
  const allowed = [undefined, 403, 501, 502, 503, 504, 505, 530, 540];
  const codes = new Map<number | undefined, number>();
  for (let seed = 0; seed < CONNECTIONS; seed++) {
    const random = new SeededRandom(seed);
    const client = await RawAmqpClient.connect(broker.url);
    let bytes = damaged(life(random), random);
    if (random.next() < 0.3) bytes = damaged(bytes, random);
    client.socket.end(bytes);
    await client.closed;
    const { closeCode } = client;
    // 541 would be a fault of the broker's own.
    expect({ seed, closeCode, isAllowed: allowed.includes(closeCode) }).toMatchObject({
      isAllowed: true,
    });
    codes.set(closeCode, (codes.get(closeCode) ?? 0) + 1);
  }
  // The damage is of many kinds, or this proves little.
  expect(codes.size).toBeGreaterThan(5);
  expect(logged.filter((line) => line.includes('INTERNAL_ERROR'))).toEqual([]);
});
