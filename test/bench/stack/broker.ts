import { subscriptions, usherMessaging } from '#libs/contracts';
import {
  defineEvent,
  deadLetterQueue,
  declareTopology,
  defineSubscription,
  planTopology,
  retryQueue,
  waitQueueDelays,
} from '#libs/messaging';
import { parseDuration } from '#libs/service-defaults';
import { connect, type ChannelModel, type ConfirmChannel, type Options } from 'amqplib';
import { z } from 'zod';

/** The delays of the apps' own default. */
const RETRY_DELAYS_MS = ['1s', '10s', '1m', '10m'].map((text) => parseDuration(text)!);
/** Messages of a fill that wait for their confirm. */
const FILL_WINDOW = 1_000;

/** A message for {@link Broker.fill}. */
export interface Filling {
  readonly content: Buffer;
  readonly properties?: Options.Publish;
}

/** The bench's own hands on the broker. */
export class Broker {
  private readonly references: string[] = [];

  private constructor(
    readonly url: string,
    private readonly model: ChannelModel,
    private readonly channel: ConfirmChannel,
  ) {}

  /** Declares Usher's topology. @throws Error when its queues hold messages, since benches empty them */
  static async connect(url: string): Promise<Broker> {
    const model = await connect(url);
    const channel = await model.createConfirmChannel();
    const broker = new Broker(url, model, channel);
    await declareTopology(channel, planTopology(usherMessaging, RETRY_DELAYS_MS));
    for (const queue of usherQueues) {
      if ((await broker.depth(queue)) > 0) {
        await model.close();
        throw new Error(`'${queue}' holds messages: benches empty the queues of their broker`);
      }
    }
    return broker;
  }

  /**
   * Declares queues for a reference, with the arguments that Usher's own have, each bound to one key of
   * Usher's exchange.
   */
  async declareReference(key: string, queues: readonly string[]): Promise<void> {
    const event = defineEvent(key, z.object({}), { prefix: usherMessaging.names.prefix });
    const theirs = queues.map((consumer) => defineSubscription(event, { consumer }));
    await declareTopology(
      this.channel,
      planTopology(usherMessaging, [], { subscriptions: theirs }),
    );
    this.references.push(...queues);
  }

  /** Nothing comes into a queue any more, until the topology is declared again. */
  async unbind(consumer: string): Promise<void> {
    const { bindings } = planTopology(usherMessaging, RETRY_DELAYS_MS);
    for (const { queue, exchange, key } of bindings) {
      if (queue === consumer) await this.channel.unbindQueue(queue, exchange, key);
    }
  }

  async depth(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  async purge(queue: string): Promise<void> {
    await this.channel.purgeQueue(queue);
  }

  /** Empties all that Usher's handlers read from, wait queues included. */
  async purgeAll(): Promise<void> {
    for (const queue of usherQueues) await this.purge(queue);
  }

  /** Puts so many messages into a queue; resolves when the broker has all of them safe. */
  async fill(queue: string, messages: number, make: () => Filling): Promise<void> {
    for (let done = 0; done < messages; done += FILL_WINDOW) {
      for (let i = 0; i < Math.min(FILL_WINDOW, messages - done); i++) {
        const { content, properties } = make();
        this.channel.sendToQueue(queue, content, { ...properties, persistent: true });
      }
      await this.channel.waitForConfirms();
    }
  }

  /** Leaves nothing of the bench behind. */
  async close(): Promise<void> {
    await this.purgeAll();
    for (const queue of this.references.flatMap((name) => [name, deadLetterQueue(name)])) {
      await this.channel.deleteQueue(queue);
    }
    await this.model.close();
  }
}

const usherQueues = subscriptions.flatMap(({ consumer, retries }) => [
  consumer,
  ...waitQueueDelays(retries, RETRY_DELAYS_MS).map((delay) => retryQueue(consumer, delay)),
]);
