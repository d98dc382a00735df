import { AmqpError } from '../amqp-error.js';
import type { Faults } from '../faults.js';
import type { VirtualHost } from '../virtual-host.js';
import { FRAME, type Frame } from '../wire/frames.js';
import { decodeMethod } from '../wire/method-codec.js';
import { METHODS, type Method } from '../wire/methods.js';
import { Channel } from './channel.js';
import { dispatch } from './dispatch.js';
import type { Line } from './line.js';
import { publish } from './publish.js';
import { giveBack } from './unsettled.js';

/** The channels of one connection; what goes wrong on one of them softly closes it alone. */
export class ChannelSet {
  private readonly open = new Map<number, Channel>();
  /** Closed by the broker; what still comes is dropped until the client has noticed. */
  private readonly closing = new Set<number>();

  constructor(
    private readonly line: Line,
    private readonly host: VirtualHost,
    private readonly faults: Faults,
  ) {}

  /** @throws AmqpError what ends the whole connection */
  take(frame: Frame): void {
    if (this.closing.has(frame.channel)) {
      this.takeWhileClosing(frame);
      return;
    }
    const channel = this.open.get(frame.channel);
    if (!channel) {
      this.openChannel(frame);
      return;
    }
    try {
      if (frame.type === FRAME.method) this.takeMethod(channel, frame.payload);
      else this.takeContent(channel, frame);
    } catch (error) {
      if (!(error instanceof AmqpError) || error.endsConnection) throw error;
      this.refuse(channel, error);
    }
  }

  /** The client can read again. */
  serve(): void {
    for (const { consumers } of this.open.values())
      for (const { queue } of consumers.values()) queue.serve();
  }

  /** The connection is gone. */
  end(): void {
    const channels = [...this.open.values()];
    this.open.clear();
    end(channels);
  }

  private openChannel({ type, channel: number, payload }: Frame): void {
    if (type !== FRAME.method || decodeMethod(payload).name !== 'channel.open')
      throw new AmqpError('CHANNEL_ERROR', `expected 'channel.open' on channel ${number}`);
    this.open.set(number, new Channel(number, this.line, this.host));
    this.line.send(number, 'channel.open-ok', { reserved1: Buffer.alloc(0) });
  }

  private takeMethod(channel: Channel, payload: Buffer): void {
    if (channel.expectsContent)
      throw new AmqpError('UNEXPECTED_FRAME', 'expected content for class 60, got a method');
    const method = decodeMethod(payload);
    if (method.name === 'channel.close') {
      this.close(channel);
      channel.reply('channel.close-ok', {});
      return;
    }
    naming(method, () => dispatch(channel, method));
  }

  private takeContent(channel: Channel, { type, payload }: Frame): void {
    const isHeader = type === FRAME.header;
    const publication = isHeader ? channel.takeHeader(payload) : channel.takeBody(payload);
    if (publication)
      naming({ name: 'basic.publish' }, () => publish(channel, publication, this.faults));
  }

  private refuse(channel: Channel, error: AmqpError): void {
    this.close(channel);
    this.closing.add(channel.number);
    channel.reply('channel.close', closeFields(error));
  }

  private close(channel: Channel): void {
    this.open.delete(channel.number);
    end([channel]);
  }

  private takeWhileClosing({ type, channel: number, payload }: Frame): void {
    if (type !== FRAME.method) return;
    const { name } = decodeMethod(payload);
    if (name === 'channel.close-ok') this.closing.delete(number);
    // Both sides closed at once.
    if (name === 'channel.close') this.line.send(number, 'channel.close-ok', {});
  }
}

/** None of their consumers gets what another gives back; the next in line gets that before anything newer. */
function end(channels: readonly Channel[]): void {
  const queues = new Set(channels.flatMap((channel) => channel.endConsumers()));
  giveBack(
    channels.flatMap(({ unsettled }) => unsettled.takeAll()),
    'failed',
  );
  for (const queue of queues) queue.serve();
}

/** What a close of a channel or a connection tells. */
export function closeFields(error: AmqpError) {
  const [classId, methodId] = error.method;
  return { replyCode: error.code, replyText: error.replyText, classId, methodId };
}

/** Lets an error know during which method it happened. */
function naming({ name }: Pick<Method, 'name'>, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof AmqpError) error.method = METHODS[name].id;
    throw error;
  }
}
