import { tableOf } from './field-table.js';
import { decodeMethod, encodeMethod } from './method-codec.js';
import { METHODS, type MethodName } from './methods.js';

const SAMPLES = {
  bit: true,
  octet: 200,
  short: 65_000,
  long: 4_000_000_000,
  longlong: 2n ** 63n,
  shortstr: 'Grüße',
  longstr: Buffer.from('bytes'),
  table: tableOf({ a: 'text', b: 2 }),
};

/** Different for each field, so that no two can be mixed up unseen. */
function sampleOf(name: MethodName): Record<string, unknown> {
  const fields = Object.entries(METHODS[name].fields as Record<string, keyof typeof SAMPLES>);
  return Object.fromEntries(
    fields.map(([field, type], index) => {
      if (type === 'bit') return [field, index % 2 === 0];
      if (type === 'shortstr') return [field, `${field} ${SAMPLES.shortstr}`];
      if (type === 'short' || type === 'long') return [field, SAMPLES[type] + index];
      return [field, SAMPLES[type]];
    }),
  );
}

describe('a method', () => {
  it.each(Object.keys(METHODS) as MethodName[])('%s gives all its fields back', (name) => {
    const fields = sampleOf(name);
    const bytes = encodeMethod(name, fields as never);
    expect(decodeMethod(bytes)).toEqual({ name, fields });
  });

  it('has ids of its own', () => {
    const ids = Object.values(METHODS).map(({ id }) => id.join('.'));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('packs adjacent bits into one octet', () => {
    const fields = { reserved1: 0, queue: 'q', consumerTag: 't', noLocal: false, noAck: true };
    const bytes = encodeMethod('basic.consume', {
      ...fields,
      exclusive: false,
      noWait: true,
      arguments: new Map(),
    });
    // Class, method, reserved, two texts of one letter, the bits, an empty table.
    expect(bytes.toString('hex')).toBe('003c00140000017101740a00000000');
  });

  it('that nobody knows is refused with 540', () => {
    const unknown = Buffer.from('003c03e7', 'hex');
    expect(() => decodeMethod(unknown)).toThrow(
      expect.objectContaining({ code: 540, message: 'NOT_IMPLEMENTED - method 60.999' }),
    );
  });

  it.each(['', '00', '003c', '003c00', '003c0050', '003c005000000000000000'])(
    'of the bytes %p is refused with 502',
    (hex) => {
      expect(() => decodeMethod(Buffer.from(hex, 'hex'))).toThrow(
        expect.objectContaining({ code: 502 }),
      );
    },
  );

  it('with more bytes than fields is refused with 502', () => {
    const bytes = encodeMethod('basic.ack', { deliveryTag: 1n, multiple: false });
    expect(() => decodeMethod(Buffer.concat([bytes, Buffer.from([0])]))).toThrow(
      expect.objectContaining({ code: 502 }),
    );
  });
});
