import type { Options } from 'amqplib';

/** A message on its way out; it is always sent persistent. */
export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish & { messageId: string };
  /**
   * Whether a message that no queue takes is `returned`; yes, unless it is an answer: RabbitMQ returns what goes
   * to a direct reply-to address although the asker gets it.
   */
  readonly mandatory?: boolean;
}
