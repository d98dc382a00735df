import type { MessageProperties } from 'amqplib';
import { TRACEPARENT } from '../connection/process-span.js';

/** AMQP 0-9-1, section 4.2.5.3: a short string holds up to 255 bytes. */
const SHORT_STRING_MAX_BYTES = 255;
/** Seconds since 1970; what lies beyond is no date in JavaScript (ECMA-262, section 21.4.1.1). */
const TIMESTAMP_MAX = 8_640_000_000_000;
/** Version 00, ids in lower case. https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT_PATTERN = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What a republished message keeps of the one that came; a property that is not well-formed is left out. */
export function copiedProperties(properties: MessageProperties) {
  const { messageId, type, appId, timestamp, contentType } = properties as unknown as Record<
    string,
    unknown
  >;
  return {
    messageId: shortString(messageId),
    type: shortString(type),
    appId: shortString(appId),
    timestamp: isTimestamp(timestamp) ? timestamp : undefined,
    contentType: shortString(contentType),
  };
}

/** The trace that a message says it belongs to, when it says so by the standard. */
export function copiedTraceparent({ headers }: MessageProperties): string | undefined {
  const value: unknown = headers?.[TRACEPARENT];
  return typeof value === 'string' && TRACEPARENT_PATTERN.test(value) ? value : undefined;
}

/** amqplib reads bytes that are no UTF-8 as U+FFFD; nobody could tell what they were. */
function shortString(value: unknown): string | undefined {
  const isWellFormed =
    typeof value === 'string' &&
    !value.includes('\uFFFD') &&
    Buffer.byteLength(value) <= SHORT_STRING_MAX_BYTES;
  return isWellFormed ? value : undefined;
}

const isTimestamp = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= TIMESTAMP_MAX;
