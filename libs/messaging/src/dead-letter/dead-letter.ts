import type { Message } from 'amqplib';
import { createHash } from 'node:crypto';

/** A dead letter as an operator sees it in a list. */
export interface DeadLetter {
  readonly id: string;
  /** The handler's queue that it comes from. */
  readonly queue: string;
  readonly messageId: string;
  readonly type: string;
  readonly reason: string;
  readonly attempts: number;
  readonly exceptionMessage: string;
  readonly deadLetteredAt: string | null;
}

/** Everything about one. */
export interface DeadLetterDetail extends DeadLetter {
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/**
 * Reads a message of a dead-letter queue. One that the broker put there has none of our headers; it gave
 * up after too many deliveries, and its id is made of queue, body and time.
 */
export function readDeadLetter(queue: string, { content, properties }: Message): DeadLetterDetail {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const text = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  const digest = createHash('sha256')
    .update(queue)
    .update(content)
    .update(String(properties.timestamp));
  return {
    id: text('dead-letter-id') || digest.digest('hex').slice(0, 16),
    queue,
    messageId: String(properties.messageId ?? ''),
    type: String(properties.type ?? ''),
    reason: text('dead-letter-reason') || 'delivery-limit',
    attempts: Number(headers['attempts'] ?? 0),
    exceptionMessage: text('exception-message'),
    deadLetteredAt: text('dead-lettered-at') || null,
    headers,
    body: content.toString('utf8'),
  };
}
