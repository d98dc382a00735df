import {
  Float,
  decodeTable,
  encodeTable,
  tableOf,
  withEntries,
  type FieldValue,
} from './field-table.js';

const field = (tag: string, hex: string) => Buffer.from(`0161${hexOf(tag)}${hex}`, 'hex');
const hexOf = (text: string) => Buffer.from(text).toString('hex');
const valueOf = (bytes: Buffer) => decodeTable(bytes).get('a');

describe('a field table', () => {
  it.each<[what: string, value: FieldValue]>([
    ['a text', 'Grüße, 深圳 🦊'],
    ['an empty text', ''],
    ['a number', 7],
    ['a negative number', -70_000],
    ['a number beyond 32 bits', 2 ** 40],
    ['a number beyond the safe ones', 2n ** 62n],
    ['a fraction', new Float(0.5)],
    ['a fraction of 0', new Float(5)],
    ['a boolean', false],
    ['nothing', null],
    ['bytes', Buffer.from([0, 255, 1])],
    ['a time', new Date(1_767_225_600_000)],
    ['an array', ['one', 2, [true, null]]],
    ['a table', tableOf({ inner: tableOf({ text: 'deep' }) })],
  ])('gives %s back', (_, value) => {
    expect(valueOf(encodeTable(tableOf({ a: value })))).toEqual(value);
  });

  it.each([
    ['t', '00', false],
    ['t', '02', true],
    ['b', 'ff', -1],
    ['B', 'ff', 255],
    ['s', 'fffe', -2],
    ['u', 'fffe', 65_534],
    ['I', 'fffffffe', -2],
    ['i', 'fffffffe', 4_294_967_294],
    ['l', 'fffffffffffffffe', -2],
    ['f', '3f000000', new Float(0.5)],
    ['d', '3fe0000000000000', new Float(0.5)],
    ['D', '0200000037', new Float(0.55)],
    ['S', '000000026869', 'hi'],
    ['V', '', null],
  ])('reads the tag %s', (tag, hex, value) => {
    expect(valueOf(field(tag, hex))).toEqual(value);
  });

  it('may have a name that objects have already', () => {
    const table = decodeTable(encodeTable(new Map([['__proto__', 'a text']])));
    expect([...table]).toEqual([['__proto__', 'a text']]);
    expect({}).not.toHaveProperty('length');
  });

  it('keeps the wire types of all entries but the ones that are set', () => {
    const before = Buffer.concat([field('s', '0007'), encodeTable(tableOf({ b: 'old' }))]);
    const after = withEntries(before, tableOf({ b: 'new' }));
    expect(after.subarray(0, 5)).toEqual(field('s', '0007'));
    expect(decodeTable(after)).toEqual(tableOf({ a: 7, b: 'new' }));
  });

  it.each([
    ['an unknown tag', field('?', '')],
    ['a text that is shorter than it says', field('S', '0000000568')],
    ['a number that ends early', field('l', '0000')],
    ['a name that ends early', Buffer.from('0561', 'hex')],
    ['a table that is shorter than it says', field('F', '00000009')],
    ['an array that is shorter than it says', field('A', 'ffffffff')],
  ])('is refused with 502 for %s', (_, bytes) => {
    expect(() => decodeTable(bytes)).toThrow(expect.objectContaining({ code: 502 }));
  });

  it('is refused with 502 when it is nested deeper than anybody needs', () => {
    const nested = (depth: number) => {
      let bytes = encodeTable(new Map());
      for (let level = 0; level < depth; level++) {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        bytes = Buffer.concat([field('F', ''), length, bytes]);
      }
      return bytes;
    };
    expect(() => decodeTable(nested(64))).not.toThrow();
    expect(() => decodeTable(nested(65))).toThrow(expect.objectContaining({ code: 502 }));
    expect(() => decodeTable(nested(10_000))).toThrow(expect.objectContaining({ code: 502 }));
  });
});
