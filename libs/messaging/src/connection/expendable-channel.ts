import type { Channel, ChannelModel } from 'amqplib';

/** A channel for requests that the broker may refuse, which closes it: the next request gets another one. */
export class ExpendableChannel {
  private channel: Channel | undefined;

  constructor(private readonly model: ChannelModel) {}

  async use<T>(request: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = (this.channel ??= await this.open());
    try {
      return await request(channel);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Not waited for: amqplib never settles a close whose connection is lost before the answer. */
  close(): void {
    const { channel } = this;
    this.channel = undefined;
    channel?.close().catch(() => undefined);
  }

  private async open(): Promise<Channel> {
    const channel = await this.model.createChannel();
    channel.on('error', () => undefined); // The rejected request tells the reason.
    return channel;
  }
}
