import { encodeTable, tableOf } from './field-table.js';
import { decodeContentHeader, encodeContentHeader, type Properties } from './properties.js';

/** Bytes in groups, for the eye. */
const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const ALL: Properties = {
  contentType: 'text/plain',
  contentEncoding: 'utf-8',
  headers: encodeTable(tableOf({ a: 1 })),
  deliveryMode: 2,
  priority: 0,
  correlationId: 'c',
  replyTo: 'r',
  expiration: '50',
  messageId: 'm',
  timestamp: 1_767_225_600n,
  type: 't',
  userId: 'u',
  appId: 'a',
  clusterId: 'l',
};

const names = Object.keys(ALL) as (keyof Properties)[];

describe('a content header', () => {
  it.each<[what: string, properties: Properties]>([
    ['none of the properties', {}],
    ['all properties', ALL],
    ...names.map((name): [string, Properties] => [`only ${name}`, { [name]: ALL[name] }]),
  ])('gives %s back', (_, properties) => {
    const bytes = encodeContentHeader(1_000_000, properties);
    expect(decodeContentHeader(bytes)).toEqual({ bodySize: 1_000_000n, properties });
  });

  it('names its properties by the flags of the specification', () => {
    const bytes = encodeContentHeader(3, { contentType: 'x', deliveryMode: 2, clusterId: 'y' });
    expect(bytes).toEqual(bytesOf('003c 0000 0000000000000003 9004 0178 02 0179'));
  });

  it.each([
    ['of another class', '0032 0000 0000000000000000 0000', 505],
    ['that ends early', '003c0000', 502],
    ['whose properties end early', '003c 0000 0000000000000000 8000 05', 502],
    ['with unknown flags', '003c 0000 0000000000000000 0001', 502],
    ['with more bytes than properties', '003c 0000 0000000000000000 0000 00', 502],
    ['with malformed headers', '003c00000000000000000000 2000 00000003 01613f', 502],
  ])('%s is refused', (_, hex, code) => {
    expect(() => decodeContentHeader(bytesOf(hex))).toThrow(expect.objectContaining({ code }));
  });
});
