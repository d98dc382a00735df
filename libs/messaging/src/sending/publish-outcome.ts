/**
 * What became of a publish. `confirmed`: the broker has it safe. `returned`: no queue took it.
 * `nacked`: the broker refused it. `unencodable`: AMQP cannot carry it, nothing was sent. `timeout` and
 * `unavailable`: unknown, it may have arrived; to be published again with the same id.
 * https://www.rabbitmq.com/docs/confirms#publisher-confirms
 */
export type PublishOutcome =
  'confirmed' | 'returned' | 'nacked' | 'unencodable' | 'timeout' | 'unavailable';
