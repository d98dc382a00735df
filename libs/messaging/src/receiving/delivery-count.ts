import type { ConsumeMessage } from 'amqplib';

/**
 * How often the broker has delivered this message before without an outcome: its channel was lost, or it was
 * rejected back to the queue. RabbitMQ 4.3 does not count what was handed back by a nack, 3.10 and 4.0 do.
 * https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
export function failedDeliveries({ fields, properties }: ConsumeMessage): number {
  // On a first delivery the header is not the broker's: 4.x passes a publisher's on.
  if (!fields.redelivered) return 0;
  const headers: Record<string, unknown> = properties.headers ?? {};
  const counted = countIn(headers, 'x-delivery-count') ?? 0;
  // 4.3 leaves a publisher's count in place until it counts itself; of all deliveries it keeps this count.
  return Math.min(counted, countIn(headers, 'x-acquired-count') ?? counted);
}

function countIn(headers: Record<string, unknown>, name: string): number | undefined {
  const value = headers[name];
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}
