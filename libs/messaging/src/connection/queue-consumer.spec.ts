import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { EventEmitter } from 'node:events';
import type { BrokerConnection } from './broker-connection.js';
import type { Acknowledgement } from './acknowledgement.js';
import { QueueConsumer } from './queue-consumer.js';

const message = (content: string) => ({ content: Buffer.from(content) }) as ConsumeMessage;
const textOf = ({ content }: ConsumeMessage) => content.toString();
const settled = () => new Promise((resolve) => void setImmediate(resolve));

/** A channel that says what it was asked for, and answers a cancel and a close when it is told to. */
class FakeChannel extends EventEmitter {
  deliver!: (message: ConsumeMessage | null) => void;
  readonly asked: string[] = [];
  private answers: (() => void)[] = [];

  prefetch = async () => undefined;
  consume = async (_: string, deliver: FakeChannel['deliver']) => {
    this.deliver = deliver;
    return { consumerTag: 'tag' };
  };
  cancel = (tag: string) => this.ask(`cancel ${tag}`);
  close = () => this.ask('close', () => this.emit('close'));
  ack = (acked: ConsumeMessage) => void this.asked.push(`ack ${textOf(acked)}`);
  nack = (nacked: ConsumeMessage, allUpTo: boolean, requeue: boolean) =>
    void this.asked.push(
      `nack ${textOf(nacked)}${allUpTo ? ' and before' : ''}, requeue ${requeue}`,
    );
  reject = (rejected: ConsumeMessage, requeue: boolean) =>
    void this.asked.push(`reject ${textOf(rejected)}, requeue ${requeue}`);

  async answer(): Promise<void> {
    for (const answer of this.answers.splice(0)) answer();
    await settled();
  }

  private ask(what: string, then = () => {}): Promise<void> {
    this.asked.push(what);
    return new Promise((resolve) => {
      this.answers.push(() => {
        then();
        resolve();
      });
    });
  }
}

/** A consumer on the first of its channels, and what was handed to it. */
async function consuming() {
  const channels: FakeChannel[] = [];
  const model = {
    createChannel: async () => {
      channels.push(new FakeChannel());
      return channels.at(-1) as unknown as Channel;
    },
  } as ChannelModel;
  const connection = { model: async () => model } as unknown as BrokerConnection;
  const handed: { content: string; acknowledgement: Acknowledgement }[] = [];
  const consumer = new QueueConsumer(connection, {
    queue: 'parcels',
    prefetch: 5,
    declare: async () => undefined,
    onMessage: async (handedOver, acknowledgement) => {
      handed.push({ content: textOf(handedOver), acknowledgement });
    },
  });
  consumer.start();
  await settled();
  return { consumer, channel: channels[0]!, channels, handed };
}

beforeAll(() => Logger.overrideLogger(false));

describe('a consumer that the broker cancels', () => {
  it('settles nothing of what it had, from then on', async () => {
    const { channel, handed } = await consuming();
    channel.deliver(message('before'));
    const { acknowledgement } = handed[0]!;
    const onStale = jest.fn();
    acknowledgement.onStale.addEventListener('abort', onStale);
    expect(acknowledgement.isStale).toBe(false);

    channel.deliver(null);
    // The channel is open still: its close is not answered yet.
    expect(channel.asked).toEqual(['close']);
    expect(acknowledgement.isStale).toBe(true);
    expect(onStale).toHaveBeenCalledTimes(1);
    acknowledgement.ack();
    acknowledgement.requeue();
    acknowledgement.giveUp();
    expect(channel.asked).toEqual(['close']);
    await channel.answer();
  });

  it('consumes again on another channel, where what comes is its own', async () => {
    const { channel, channels, handed, consumer } = await consuming();
    channel.deliver(message('before'));
    channel.deliver(null);
    await channel.answer();
    while (channels.length < 2) await settled();
    await settled();

    channels[1]!.deliver(message('after'));
    expect(handed.map(({ acknowledgement }) => acknowledgement.isStale)).toEqual([true, false]);
    for (const { acknowledgement } of handed) acknowledgement.ack();
    expect(channel.asked).toEqual(['close']);
    expect(channels[1]!.asked).toEqual(['ack after']);
    expect(consumer.isActive).toBe(true);
  });
});

describe('a consumer that stops', () => {
  it('hands back what comes after that by a nack, and only once it is cancelled', async () => {
    const { consumer, channel, handed } = await consuming();
    channel.deliver(message('before'));
    const stopped = consumer.stop();
    channel.deliver(message('after'));
    channel.deliver(message('later'));
    await settled();
    expect(channel.asked).toEqual(['cancel tag']);

    await channel.answer();
    const handedBack = ['nack after, requeue true', 'nack later, requeue true'];
    expect(channel.asked).toEqual(['cancel tag', ...handedBack, 'close']);
    expect(handed.map(({ content }) => content)).toEqual(['before']);
    await channel.answer();
    await stopped;
  });

  it('hands back nothing on a channel that closes meanwhile', async () => {
    const { consumer, channel } = await consuming();
    const stopped = consumer.stop();
    channel.deliver(message('after'));
    channel.emit('close');
    await channel.answer();
    expect(channel.asked.filter((asked) => asked !== 'close')).toEqual(['cancel tag']);
    await channel.answer();
    await stopped;
  });
});
