import { AmqpError } from '../amqp-error.js';
import { decodeTable } from './field-table.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/**
 * The properties of a message. Headers stay encoded, since most are only passed on; so are strings, one
 * character a byte: clients may send what is no UTF-8, and get it back as it was.
 */
export interface Properties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** A field table without its length. */
  readonly headers?: Buffer;
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly expiration?: string;
  readonly messageId?: string;
  readonly timestamp?: bigint;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
}

/** In the order of their flags, from bit 15 on: section 1.4, class basic. */
const LAYOUT = [
  ['contentType', 'shortbytes'],
  ['contentEncoding', 'shortbytes'],
  ['headers', 'longstr'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'shortbytes'],
  ['replyTo', 'shortbytes'],
  ['expiration', 'shortbytes'],
  ['messageId', 'shortbytes'],
  ['timestamp', 'longlong'],
  ['type', 'shortbytes'],
  ['userId', 'shortbytes'],
  ['appId', 'shortbytes'],
  ['clusterId', 'shortbytes'],
] as const;

const UNUSED_FLAGS = 0b11;
const BASIC_CLASS = 60;

/** What a content header frame says. */
export interface ContentHeader {
  readonly bodySize: bigint;
  readonly properties: Properties;
}

/** @throws AmqpError 502 for malformed properties, headers included */
export function decodeContentHeader(payload: Buffer): ContentHeader {
  const reader = new Reader(payload);
  const classId = reader.short();
  if (classId !== BASIC_CLASS)
    throw new AmqpError('UNEXPECTED_FRAME', `a content header of class ${classId}, not 60`);
  reader.short(); // The weight, which is unused.
  const bodySize = reader.longlong();
  const flags = reader.short();
  if (flags & UNUSED_FLAGS) throw new AmqpError('SYNTAX_ERROR', 'flags of unknown properties');
  const properties: Record<string, unknown> = {};
  for (const [index, [name, type]] of LAYOUT.entries()) {
    if (flags & (1 << (15 - index))) properties[name] = reader[type]();
  }
  if (!reader.isAtEnd) throw new AmqpError('SYNTAX_ERROR', 'more bytes than there are properties');
  const { headers } = properties as Properties;
  if (headers) {
    decodeTable(headers);
    properties['headers'] = Buffer.from(headers); // Not to keep the whole frame in memory.
  }
  return { bodySize, properties };
}

/** The payload of a content header frame. */
export function encodeContentHeader(bodySize: number, properties: Properties): Buffer {
  const writer = new Writer();
  writer.short(BASIC_CLASS);
  writer.short(0);
  writer.longlong(BigInt(bodySize));
  writer.short(
    LAYOUT.reduce(
      (flags, [name], index) =>
        properties[name] === undefined ? flags : flags | (1 << (15 - index)),
      0,
    ),
  );
  for (const [name, type] of LAYOUT) {
    const value = properties[name];
    // Each value has the type that the layout names.
    if (value !== undefined) (writer[type] as (value: unknown) => void).call(writer, value);
  }
  return writer.toBuffer();
}
