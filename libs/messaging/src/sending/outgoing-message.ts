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

/**
 * What became of a publish. `confirmed`: the broker has it safe. `returned`: no queue took it.
 * `nacked`: the broker refused it. `unencodable`: AMQP cannot carry it, nothing was sent. `timeout` and
 * `unavailable`: unknown, it may have arrived; to be published again with the same id.
 * https://www.rabbitmq.com/docs/confirms#publisher-confirms
 */
export type PublishOutcome =
  'confirmed' | 'returned' | 'nacked' | 'unencodable' | 'timeout' | 'unavailable';
