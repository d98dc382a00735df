import type { RequestDefinition } from '../contract/define-request.js';
import type { Messaging } from '../contract/messaging.js';
import type { Channel, ConsumeMessage } from 'amqplib';
import { metrics, SpanKind, type Counter } from '@opentelemetry/api';
import { inSpan, traceparentOf } from '#libs/service-defaults';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { BrokerConnection } from '../connection/broker-connection.js';
import { SupervisedChannel } from '../connection/supervised-channel.js';
import { decode, encode } from './packets.js';
import { TRACEPARENT } from '../connection/process-span.js';

/** No answer came in time, or none that could be used. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
}

/** https://www.rabbitmq.com/docs/direct-reply-to */
const REPLY_TO = 'amq.rabbitmq.reply-to';

/** Requests of one process that wait for an answer at the same time. */
const MAX_WAITING = 1_000;

/** Asks other apps, and waits for the answer no longer than the request's deadline. */
export class RequestClient {
  private readonly connection: BrokerConnection;
  private readonly channel: SupervisedChannel<Channel>;
  private readonly missedDeadlines: Counter;
  private readonly waiting = new Map<string, (packet: Record<string, unknown>) => void>();

  /** @param name shown in the broker's list of connections */
  constructor(
    private readonly messaging: Messaging,
    urls: string[],
    name: string,
  ) {
    const { names } = messaging;
    this.missedDeadlines = metrics
      .getMeter(`${names.prefix}.requests`)
      .createCounter(names.metric('rpc_deadline_missed'), {
        description: 'Requests without an answer within their deadline',
      });
    this.missedDeadlines.add(0);
    this.connection = new BrokerConnection(urls, name);
    this.channel = new SupervisedChannel(this.connection, {
      name,
      open: (model) => model.createChannel(),
      setup: async (channel) => {
        await channel.consume(REPLY_TO, (message) => this.receive(message, channel), {
          noAck: true,
        });
      },
    });
  }

  /** Whether a question can be sent now. */
  get isActive(): boolean {
    return this.channel.current !== undefined && !this.connection.blocked;
  }

  start(): void {
    this.connection.open();
    this.channel.start();
  }

  async stop(): Promise<void> {
    await this.channel.stop();
    await this.connection.close();
  }

  /**
   * The question expires with its deadline, so an answer that nobody waits for is never computed. Nothing is
   * sent, or kept to be sent later, while there is no broker.
   * @throws NoAnswerError, Error when the request is not among the application's
   */
  async ask<D extends RequestDefinition>(
    definition: D,
    question: z.output<D['question']>,
  ): Promise<z.output<D['answer']>> {
    const request = this.messaging.find(definition);
    if (!request) throw new Error(`'${definition.queue}' is not among the requests`);
    const packet = await inSpan(`request ${request.queue}`, { kind: SpanKind.CLIENT }, () =>
      this.exchange(request, question),
    );
    if (packet['err'] !== undefined) {
      throw new NoAnswerError(`${request.queue} failed: ${JSON.stringify(packet['err'])}`);
    }
    const answer = request.answer.safeParse(packet['response']);
    if (!answer.success) throw new NoAnswerError(`${request.queue} answered nonsense`);
    return answer.data as z.output<D['answer']>;
  }

  private async exchange(
    { queue, deadlineMs }: RequestDefinition,
    data: unknown,
  ): Promise<Record<string, unknown>> {
    const channel = this.channel.current;
    if (!channel || this.connection.blocked) throw new NoAnswerError('there is no broker');
    if (this.waiting.size >= MAX_WAITING) throw new NoAnswerError('too many questions are open');
    const id = randomUUID();
    const traceparent = traceparentOf();
    try {
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          this.missedDeadlines.add(1);
          reject(new NoAnswerError(`${queue} did not answer within ${deadlineMs} ms`));
        }, deadlineMs);
        this.waiting.set(id, (packet) => {
          clearTimeout(timer);
          resolve(packet);
        });
        channel.sendToQueue(queue, encode({ pattern: queue, data, id }), {
          replyTo: REPLY_TO,
          correlationId: id,
          expiration: deadlineMs,
          contentType: 'application/json',
          ...(traceparent && { headers: { [TRACEPARENT]: traceparent } }),
        });
      });
    } finally {
      this.waiting.delete(id);
    }
  }

  private receive(message: ConsumeMessage | null, channel: Channel): void {
    // The broker cancelled the consumer; closing makes the supervisor set everything up again.
    if (!message) return void channel.close().catch(() => undefined);
    const answered = this.waiting.get(String(message.properties.correlationId));
    try {
      answered?.(decode(message.content));
    } catch (error) {
      answered?.({ err: (error as Error).message });
    }
  }
}
