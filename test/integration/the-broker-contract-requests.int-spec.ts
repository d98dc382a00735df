import type { ConsumeMessage, Message } from 'amqplib';
import { BrokerSandbox, textOf } from '../support/broker-sandbox.js';

/** https://www.rabbitmq.com/docs/direct-reply-to */
const REPLY_TO = 'amq.rabbitmq.reply-to';

let broker: BrokerSandbox;

beforeAll(async () => {
  broker = await BrokerSandbox.open();
});

afterAll(() => broker.close());

/** A server that answers in capitals. */
async function startServer(queue: string) {
  const channel = await broker.newChannel();
  const answer = (request: ConsumeMessage) => {
    const { replyTo, correlationId } = request.properties;
    channel.sendToQueue(replyTo, Buffer.from(textOf(request).toUpperCase()), { correlationId });
    channel.ack(request);
  };
  const inbox = await broker.consume(channel, queue, answer);
  return { channel, inbox };
}

describe('a request with direct reply-to', () => {
  it('is answered to the channel that asked, and to no other', async () => {
    const queue = await broker.queue();
    const server = await startServer(queue);
    const askers = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const channel = await broker.newChannel();
        const replies = await broker.consume(channel, REPLY_TO, undefined, { noAck: true });
        return { name, channel, replies };
      }),
    );
    for (const number of [1, 2, 3]) {
      for (const { name, channel } of askers) {
        const options = { replyTo: REPLY_TO, correlationId: `${name}-${number}` };
        channel.sendToQueue(queue, Buffer.from(`${name} ${number}`), options);
      }
    }
    for (const { name, channel, replies } of askers) {
      await replies.nth(3);
      const received = replies.received as ConsumeMessage[];
      expect(received.map(textOf)).toEqual([1, 2, 3].map((n) => `${name.toUpperCase()} ${n}`));
      expect(received.map(({ properties }) => properties.correlationId)).toEqual(
        [1, 2, 3].map((n) => `${name}-${n}`),
      );
      await channel.close();
    }
    // Each request carries an address made for its channel.
    expect((await server.inbox.nth(1)).properties.replyTo).toMatch(/^amq\.rabbitmq\.reply-to\../);
    await server.channel.close();
  });

  it('whose asker is gone does the server no harm', async () => {
    const queue = await broker.queue();
    const gone = await broker.newChannel();
    await broker.consume(gone, REPLY_TO, undefined, { noAck: true });
    gone.sendToQueue(queue, Buffer.from('gone'), { replyTo: REPLY_TO });
    await broker.hasDepth(queue, 1);
    await gone.close();

    const server = await startServer(queue);
    const asker = await broker.newChannel();
    const replies = await broker.consume(asker, REPLY_TO, undefined, { noAck: true });
    asker.sendToQueue(queue, Buffer.from('here'), { replyTo: REPLY_TO });
    expect(textOf(await replies.nth(1))).toBe('HERE');
    expect(server.inbox.received).toHaveLength(2);
    await asker.close();
    await server.channel.close();
  });

  it('that nobody takes before its deadline is not answered', async () => {
    const queue = await broker.queue();
    const asker = await broker.newChannel();
    const replies = await broker.consume(asker, REPLY_TO, undefined, { noAck: true });
    asker.sendToQueue(queue, Buffer.from('late'), { replyTo: REPLY_TO, expiration: '50' });
    asker.sendToQueue(queue, Buffer.from('patient'), { replyTo: REPLY_TO });
    await asker.checkQueue(queue); // Both requests are in the queue by now.
    await broker.hasDepth(queue, 1);
    const server = await startServer(queue);
    expect(textOf(await replies.nth(1))).toBe('PATIENT');
    expect(replies.received).toHaveLength(1);
    await asker.close();
    await server.channel.close();
  });

  it('whose answer is mandatory gets it, and as of 4.2 the answer does not come back', async () => {
    const { asker, replies, address } = await ask();
    const returned = await answerMandatorily(address);
    expect(textOf(await replies.nth(1))).toBe('answer');
    expect(returned).toEqual(broker.since({ '3.10': [312], '4.2': [] }));
    await asker.close();
  });

  it('whose mandatory answer finds the asker gone has it confirmed, and as of 4.2 not returned', async () => {
    const { asker, address } = await ask();
    await asker.close();
    const returned = await answerMandatorily(address);
    expect(returned).toEqual(broker.since({ '3.10': [312], '4.2': [] }));
  });

  it('to an address that was never given out is returned when it is mandatory', async () => {
    await expect(answerMandatorily(`${REPLY_TO}.nonsense`)).resolves.toEqual([312]);
  });
});

/** Asks, and answers the address that the server got for the reply. */
async function ask() {
  const queue = await broker.queue();
  const asker = await broker.newChannel();
  const replies = await broker.consume(asker, REPLY_TO, undefined, { noAck: true });
  asker.sendToQueue(queue, Buffer.from('?'), { replyTo: REPLY_TO });
  const { replyTo } = (await broker.take(queue)).properties;
  return { asker, replies, address: replyTo as string };
}

/** Resolves once the answer is confirmed, with the codes of what came back. */
async function answerMandatorily(address: string): Promise<number[]> {
  const channel = await broker.connection.createConfirmChannel();
  const returned: Message[] = [];
  channel.on('return', (message) => returned.push(message));
  channel.sendToQueue(address, Buffer.from('answer'), { mandatory: true });
  await channel.waitForConfirms();
  await channel.close();
  return returned.map(({ fields }) => (fields as unknown as { replyCode: number }).replyCode);
}
