import type { MessageProperties } from 'amqplib';
import type { DeadLetterReason } from './message-headers.schema.js';

/**
 * The headers of our own: the allow-list from which every republication takes its headers.
 * None of the broker's own `x-*` headers is ever copied: on RabbitMQ 3.10 a copied `x-death` makes a
 * dead-lettered message vanish, and 4.x ignores them.
 */
export interface DeliveryHistory {
  /** Attempts of the handler that have failed. */
  readonly failedAttempts: number;
  readonly firstFailedAt?: Date;
  /** How often an operator has replayed it. */
  readonly replayCount: number;
}

const LAST_ERROR_MAX_CHARACTERS = 1_000;
const STACK_MAX_BYTES = 8_192;

/** What a message tells of its own past; a header that is missing or makes no sense counts as nothing. */
export function readHistory({ headers = {} }: Pick<MessageProperties, 'headers'>): DeliveryHistory {
  const firstFailedAt = instant(headers?.['first-failed-at']);
  return {
    failedAttempts: naturalNumber(headers?.['retry-attempt']),
    replayCount: naturalNumber(headers?.['replay-count']),
    ...(firstFailedAt && { firstFailedAt }),
  };
}

export function retryHeaders(history: DeliveryHistory, error: Error) {
  return {
    'retry-attempt': history.failedAttempts,
    'first-failed-at': history.firstFailedAt?.toISOString(),
    'last-error': describeError(error),
    ...replayCount(history),
  };
}

/** What a dead letter says about itself beyond its history. */
export interface DeadLetterFacts {
  readonly id: string;
  readonly reason: DeadLetterReason;
  readonly consumer: string;
  readonly originalExchange: string;
  readonly originalRoutingKey: string;
  readonly host: string;
  readonly at: Date;
}

export function deadLetterHeaders(history: DeliveryHistory, error: Error, facts: DeadLetterFacts) {
  return {
    'dead-letter-id': facts.id,
    'dead-letter-reason': facts.reason,
    'exception-type': typeof error.name === 'string' && error.name ? error.name : 'Error',
    'exception-message': describeError(error),
    'exception-stack': truncateBytes(
      typeof error.stack === 'string' ? error.stack : '',
      STACK_MAX_BYTES,
    ),
    attempts: history.failedAttempts,
    consumer: facts.consumer,
    'original-exchange': facts.originalExchange,
    'original-routing-key': facts.originalRoutingKey,
    'first-failed-at': (history.firstFailedAt ?? facts.at).toISOString(),
    'dead-lettered-at': facts.at.toISOString(),
    host: facts.host,
    ...replayCount(history),
  };
}

/** An error in one bounded line: its own message, and its cause's. */
export function describeError(error: Error): string {
  const { cause: inner } = error;
  const isNew = inner instanceof Error && !error.message.includes(inner.message);
  const cause = isNew ? ` (${inner.message})` : '';
  // PostgreSQL's text holds no NUL, and no half of a surrogate pair.
  return `${error.message}${cause}`
    .replaceAll(/[\s\0]+/g, ' ')
    .slice(0, LAST_ERROR_MAX_CHARACTERS)
    .replaceAll(/\p{Cs}/gu, '\uFFFD');
}

const replayCount = ({ replayCount: count }: DeliveryHistory) =>
  count > 0 ? { 'replay-count': count } : {};

function naturalNumber(value: unknown): number {
  // More is no count of ours, and does not fit the ledger.
  const isCount =
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 1_000_000;
  return isCount ? (value as number) : 0;
}

/** A moment in the past. ISO 8601 only: `new Date` makes a day in 2001 of any text that ends in a small number. */
function instant(value: unknown): Date | undefined {
  const isIso = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  const date = new Date(isIso ? value : NaN);
  const isPast = date.getTime() <= Date.now();
  return isPast ? date : undefined;
}

function truncateBytes(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  return buffer.length <= bytes
    ? text
    : buffer
        .subarray(0, bytes)
        .toString('utf8')
        .replace(/\uFFFD$/, '');
}
