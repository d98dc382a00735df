import { AmqpError } from '../amqp-error.js';
import { decodeTable, encodeTable, type FieldTable } from './field-table.js';
import { METHODS, type Fields, type Method, type MethodName } from './methods.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const NAMES = new Map(
  Object.entries(METHODS).map(([name, { id }]) => [`${id[0]}.${id[1]}`, name as MethodName]),
);

type Layout = readonly (readonly [field: string, type: string])[];
const LAYOUTS = new Map<MethodName, Layout>(
  Object.entries(METHODS).map(([name, { fields }]) => [name as MethodName, Object.entries(fields)]),
);

/** @throws AmqpError 540 for an unknown method, 502 for bytes that are none of its fields */
export function decodeMethod(payload: Buffer): Method {
  const reader = new Reader(payload);
  const id = `${reader.short()}.${reader.short()}`;
  const name = NAMES.get(id);
  if (!name) throw new AmqpError('NOT_IMPLEMENTED', `method ${id}`);
  const fields: Record<string, unknown> = {};
  let bits = 0;
  let bitsRead = 8;
  for (const [field, type] of LAYOUTS.get(name)!) {
    if (type !== 'bit') {
      bitsRead = 8;
      fields[field] = read(reader, type);
      continue;
    }
    // Adjacent bits share an octet.
    if (bitsRead === 8) [bits, bitsRead] = [reader.octet(), 0];
    fields[field] = ((bits >> bitsRead++) & 1) === 1;
  }
  if (!reader.isAtEnd) throw new AmqpError('SYNTAX_ERROR', `more bytes than '${name}' has fields`);
  return { name, fields } as Method;
}

export function encodeMethod<N extends MethodName>(name: N, fields: Fields<N>): Buffer {
  const writer = new Writer();
  const [classId, methodId] = METHODS[name].id;
  writer.short(classId);
  writer.short(methodId);
  const bits: boolean[] = [];
  const writeBits = () => {
    if (bits.length > 0) writer.octet(bits.splice(0).reduce((sum, on, i) => sum | (+on << i), 0));
  };
  for (const [field, type] of LAYOUTS.get(name)!) {
    const value = (fields as Record<string, unknown>)[field];
    if (type === 'bit') {
      bits.push(value as boolean);
    } else {
      writeBits();
      write(writer, type, value);
    }
  }
  writeBits();
  return writer.toBuffer();
}

function read(reader: Reader, type: string): unknown {
  switch (type) {
    case 'octet':
      return reader.octet();
    case 'short':
      return reader.short();
    case 'long':
      return reader.long();
    case 'longlong':
      return reader.longlong();
    case 'shortstr':
      return reader.shortstr();
    case 'longstr':
      return Buffer.from(reader.longstr());
    case 'table':
      return decodeTable(reader.longstr());
    default:
      throw new TypeError(`no field has the type ${type}`);
  }
}

function write(writer: Writer, type: string, value: unknown): void {
  switch (type) {
    case 'octet':
      return writer.octet(value as number);
    case 'short':
      return writer.short(value as number);
    case 'long':
      return writer.long(value as number);
    case 'longlong':
      return writer.longlong(value as bigint);
    case 'shortstr':
      return writer.shortstr(value as string);
    case 'longstr':
      return writer.longstr(value as Buffer);
    case 'table':
      return writer.longstr(encodeTable(value as FieldTable));
    default:
      throw new TypeError(`no field has the type ${type}`);
  }
}
