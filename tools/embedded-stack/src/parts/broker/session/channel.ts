import { AmqpError } from '../amqp-error.js';
import { Message } from '../message.js';
import type { Queue } from '../queues/queue.js';
import type { VirtualHost } from '../virtual-host.js';
import type { Fields, MethodName } from '../wire/methods.js';
import { decodeContentHeader, type ContentHeader } from '../wire/properties.js';
import type { Consumer } from './consumer.js';
import type { Line } from './line.js';
import { Unsettled } from './unsettled.js';

/** RabbitMQ's own default since 4.0. */
const MAX_BODY_BYTES = 16 * 1_024 * 1_024;

/** A message that is still coming in: the method, then its header, then its body in pieces. */
interface Incoming {
  readonly publish: Fields<'basic.publish'>;
  header: ContentHeader | undefined;
  readonly pieces: Buffer[];
  missing: number;
}

/** A whole message, as a client published it. */
export interface Publication extends Fields<'basic.publish'> {
  readonly message: Message;
}

/** What one channel of a connection remembers, and how its messages come in. */
export class Channel {
  readonly consumers = new Map<string, Consumer>();
  readonly unsettled = new Unsettled();
  /** For consumers that begin from now on. */
  prefetch = 0;
  /** Messages published since `confirm.select`; undefined before. */
  published: bigint | undefined;
  /** The queue that is meant when none is named. */
  lastQueue = '';
  /** Where direct replies come to, once there is a consumer for them. */
  replyAddress: string | undefined;
  replyConsumer: string | undefined;
  private incoming: Incoming | undefined;

  constructor(
    readonly number: number,
    readonly line: Line,
    readonly host: VirtualHost,
  ) {}

  get expectsContent(): boolean {
    return this.incoming !== undefined;
  }

  reply<N extends MethodName>(name: N, fields: Fields<N>): void {
    this.line.send(this.number, name, fields);
  }

  beginContent(publish: Fields<'basic.publish'>): void {
    this.incoming = { publish, header: undefined, pieces: [], missing: 0 };
  }

  /** @returns the message when it has no body. @throws AmqpError 505 for a header nobody announced, 406 for too long a body */
  takeHeader(payload: Buffer): Publication | undefined {
    if (!this.incoming || this.incoming.header)
      throw new AmqpError('UNEXPECTED_FRAME', 'a content header that no basic.publish announced');
    const header = decodeContentHeader(payload);
    if (header.bodySize > MAX_BODY_BYTES)
      throw new AmqpError(
        'PRECONDITION_FAILED',
        `message size ${header.bodySize} is larger than configured max size ${MAX_BODY_BYTES}`,
      );
    this.incoming.header = header;
    this.incoming.missing = Number(header.bodySize);
    return this.complete();
  }

  /** @returns the message with its last piece. @throws AmqpError 505 for a body nobody announced, 501 for too much of it */
  takeBody(payload: Buffer): Publication | undefined {
    const { incoming } = this;
    if (!incoming?.header)
      throw new AmqpError('UNEXPECTED_FRAME', 'a content body that no content header announced');
    incoming.missing -= payload.length;
    if (incoming.missing < 0)
      throw new AmqpError('FRAME_ERROR', 'a content body is longer than its header says');
    incoming.pieces.push(Buffer.from(payload)); // Not to keep the whole received chunk in memory.
    return this.complete();
  }

  /** @returns the queues that now have a consumer less, and are to be served */
  endConsumers(): Queue[] {
    if (this.replyAddress !== undefined) this.host.replies.close(this.replyAddress);
    const consumers = [...this.consumers.values()];
    this.consumers.clear();
    for (const consumer of consumers) consumer.queue.removeConsumer(consumer);
    return consumers.map(({ queue }) => queue);
  }

  private complete(): Publication | undefined {
    const { publish, header, pieces, missing } = this.incoming!;
    if (missing > 0) return undefined;
    this.incoming = undefined;
    const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    const message = new Message(publish.exchange, publish.routingKey, header!.properties, body);
    return { ...publish, message };
  }
}
