import type { Options } from 'amqplib';

/** A message on its way out; it is always sent persistent and mandatory. */
export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish & { messageId: string };
}
