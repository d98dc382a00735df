import { AmqpError } from '../amqp-error.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** Numbers are integers, binary strings are buffers, timestamps are dates. */
export type FieldValue =
  | string
  | number
  | bigint
  | Float
  | boolean
  | null
  | Buffer
  | Date
  | readonly FieldValue[]
  | FieldTable;

/** A number with a fraction, even if that is 0: RabbitMQ takes 5.0 for another value than 5. */
export class Float {
  constructor(readonly value: number) {}

  toString(): string {
    return String(this.value);
  }
}

/** A map, since names come from outside and may be `__proto__`. */
export type FieldTable = ReadonlyMap<string, FieldValue>;

/** Deeper nesting is refused, so that no message can exhaust the stack. */
const MAX_DEPTH = 64;

interface Entry {
  readonly name: string;
  readonly value: FieldValue;
  /** Name and value as they came. */
  readonly bytes: Buffer;
}

/** @param bytes the table without its length. @throws AmqpError 502 */
export const decodeTable = (bytes: Buffer, depth = 0): FieldTable =>
  new Map(entriesOf(bytes, depth).map(({ name, value }) => [name, value]));

/** The table without its length. */
export function encodeTable(table: FieldTable): Buffer {
  const writer = new Writer();
  for (const [name, value] of table) {
    writer.shortstr(name);
    writeValue(writer, value);
  }
  return writer.toBuffer();
}

/** An encoded table with these entries set; all others keep their bytes, and with them their wire types. */
export function withEntries(bytes: Buffer, changes: FieldTable): Buffer {
  const kept = entriesOf(bytes, 0).filter(({ name }) => !changes.has(name));
  return Buffer.concat([...kept.map((entry) => entry.bytes), encodeTable(changes)]);
}

/** A value as an error message shows it. */
export const shown = (value: FieldValue): string =>
  value !== null && typeof value === 'object' && !(value instanceof Float)
    ? 'a structure'
    : String(value);

/** A table of texts, numbers, booleans and further tables from an object. */
export const tableOf = (object: Readonly<Record<string, FieldValue>>): FieldTable =>
  new Map(Object.entries(object));

function entriesOf(bytes: Buffer, depth: number): Entry[] {
  if (depth > MAX_DEPTH)
    throw new AmqpError('SYNTAX_ERROR', `a table is nested deeper than ${MAX_DEPTH}`);
  const reader = new Reader(bytes);
  const entries: Entry[] = [];
  while (!reader.isAtEnd) {
    const start = reader.offset;
    const name = reader.shortstr();
    const value = readValue(reader, depth);
    entries.push({ name, value, bytes: reader.since(start) });
  }
  return entries;
}

/** The tags that RabbitMQ knows: https://www.rabbitmq.com/amqp-0-9-1-errata#section_3 */
function readValue(reader: Reader, depth: number): FieldValue {
  const tag = String.fromCharCode(reader.octet());
  switch (tag) {
    case 't':
      return reader.octet() !== 0;
    case 'b':
      return reader.take(1).readInt8();
    case 'B':
      return reader.octet();
    case 's':
      return reader.take(2).readInt16BE();
    case 'u':
      return reader.short();
    case 'I':
      return reader.take(4).readInt32BE();
    case 'i':
      return reader.long();
    case 'l':
      return numberOf(reader.take(8).readBigInt64BE());
    case 'f':
      return new Float(reader.take(4).readFloatBE());
    case 'd':
      return new Float(reader.take(8).readDoubleBE());
    case 'D': {
      const places = reader.octet();
      return new Float(reader.take(4).readInt32BE() / 10 ** places);
    }
    case 'S':
      return reader.longstr().toString('utf8');
    case 'x':
      return Buffer.from(reader.longstr());
    case 'T':
      return new Date(Number(reader.longlong()) * 1_000);
    case 'F':
      return decodeTable(reader.longstr(), depth + 1);
    case 'A':
      return readArray(reader.longstr(), depth + 1);
    case 'V':
      return null;
    default:
      throw new AmqpError(
        'SYNTAX_ERROR',
        `unknown type of a table's value: ${JSON.stringify(tag)}`,
      );
  }
}

function readArray(bytes: Buffer, depth: number): FieldValue[] {
  if (depth > MAX_DEPTH)
    throw new AmqpError('SYNTAX_ERROR', `an array is nested deeper than ${MAX_DEPTH}`);
  const reader = new Reader(bytes);
  const values: FieldValue[] = [];
  while (!reader.isAtEnd) values.push(readValue(reader, depth));
  return values;
}

function writeValue(writer: Writer, value: FieldValue): void {
  const tag = (letter: string) => writer.octet(letter.charCodeAt(0));
  if (value === null) {
    tag('V');
  } else if (typeof value === 'string') {
    tag('S');
    writer.longstr(Buffer.from(value));
  } else if (typeof value === 'boolean') {
    tag('t');
    writer.octet(value ? 1 : 0);
  } else if (typeof value === 'bigint' || typeof value === 'number') {
    tag('l');
    writer.int64(BigInt(value));
  } else if (value instanceof Float) {
    tag('d');
    writer.double(value.value);
  } else if (value instanceof Date) {
    tag('T');
    writer.longlong(BigInt(Math.floor(value.getTime() / 1_000)));
  } else if (Buffer.isBuffer(value)) {
    tag('x');
    writer.longstr(value);
  } else if (value instanceof Map) {
    tag('F');
    writer.longstr(encodeTable(value));
  } else {
    tag('A');
    const items = new Writer();
    for (const item of value as readonly FieldValue[]) writeValue(items, item);
    writer.longstr(items.toBuffer());
  }
}

const numberOf = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
