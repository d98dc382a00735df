import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { loadConfig } from '#libs/service-defaults';
import type { IncomingMessage } from 'node:http';
import { ClientAddresses } from './client-address.js';
import { HttpConfig } from './http.config.js';

const PROXY = '10.0.0.1';

const addresses = (env: Record<string, string> = {}) =>
  new ClientAddresses(
    loadConfig([HttpConfig], { TRUSTED_PROXIES: 'uniquelocal', ...env }).get(
      HttpConfig,
    ) as HttpConfig,
  );

const request = (headers: IncomingMessage['headers'], remoteAddress: string | undefined = PROXY) =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

const forwardedFor = (value: string) => addresses().of(request({ 'x-forwarded-for': value }));

const forwarded = (value: string) =>
  addresses({ FORWARDED_HEADER: 'forwarded' }).of(request({ forwarded: value }));

let warn: ReturnType<typeof jest.spyOn>;

beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});

afterEach(() => warn.mockRestore());

describe('the client behind a trusted proxy', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    ['fe80::7%eth0', 'fe80::7'],
    ['203.0.113.7, 10.0.0.2', '203.0.113.7'],
    ['203.0.113.7:51234,\t10.0.0.2:8080', '203.0.113.7'],
    ['203.0.113.7, ::ffff:10.0.0.2', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['unknown, 203.0.113.7', '203.0.113.7'],
    ['", 203.0.113.7', '203.0.113.7'],
    [', ,203.0.113.7,', '203.0.113.7'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ])('that writes X-Forwarded-For: %s is %s', (value, client) => {
    expect(forwardedFor(value)).toBe(client);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    ['for=203.0.113.7', '203.0.113.7'],
    ['For="203.0.113.7:51234"', '203.0.113.7'],
    ['FOR="[2001:db8::7]:51234"', '2001:db8::7'],
    ['for="[2001:db8::7]"', '2001:db8::7'],
    ['for="203.0.113.7:_hidden"', '203.0.113.7'],
    ['by=10.0.0.1;for=203.0.113.7;host="a, b; for=1.2.3.4";proto=https', '203.0.113.7'],
    ['proto=https ; for=203.0.113.7', '203.0.113.7'],
    ['host="say \\"a, b\\"";for=203.0.113.7', '203.0.113.7'],
    ['for=203.0.113.7, for=10.0.0.2', '203.0.113.7'],
    ['for=198.51.100.1, for=203.0.113.7', '203.0.113.7'],
    ['for=_hidden, for=203.0.113.7', '203.0.113.7'],
    // What a client begins and leaves open does not swallow what the proxy appends.
    ['for="198.51.100.1, for=203.0.113.7', '203.0.113.7'],
    ['for="\\", for="[2001:db8::7]:1"', '2001:db8::7'],
  ])('that writes Forwarded: %s is %s', (value, client) => {
    expect(forwarded(value)).toBe(client);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    'unknown',
    'unix:',
    '_hidden',
    'client.example',
    '203.0.113',
    '0313.0.113.7',
    '203.0.113.7:port',
    '[203.0.113.7]',
    '[2001:db8::7',
    '203.0.113.700',
    '127',
    '0x7f.1',
  ])('that writes %s in its place counts as that proxy', (value) => {
    expect(forwardedFor(value)).toBe(PROXY);
    expect(forwardedFor(`203.0.113.7, ${value}`)).toBe(PROXY);
    expect(forwardedFor(`203.0.113.7, ${value}, 10.0.0.2`)).toBe('10.0.0.2');
  });

  it.each([
    'for=unknown',
    'for="_gazonk"',
    'for=_gazonk',
    'by=10.0.0.1',
    'for="203.0.113.7',
    'for',
  ])('that writes Forwarded: %s counts as that proxy', (value) => {
    expect(forwarded(value)).toBe(PROXY);
    expect(forwarded(`for=203.0.113.7, ${value}`)).toBe(PROXY);
  });

  it('that writes nothing is that proxy', () => {
    expect(addresses().of(request({}))).toBe(PROXY);
    expect(forwardedFor('')).toBe(PROXY);
  });
});

describe('a header', () => {
  it('of somebody who is no trusted proxy says nothing', () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' };
    expect(addresses().of(request(headers, '198.51.100.1'))).toBe('198.51.100.1');
    expect(addresses({ TRUSTED_PROXIES: '' }).of(request(headers))).toBe(PROXY);
  });

  it('that the proxies do not write is the own words of the client, and says nothing', () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=198.51.100.1' };
    expect(addresses().of(request(headers))).toBe('203.0.113.7');
    expect(addresses({ FORWARDED_HEADER: 'forwarded' }).of(request(headers))).toBe('198.51.100.1');
    expect(
      addresses({ FORWARDED_HEADER: 'forwarded' }).of(request({ 'x-forwarded-for': '1.1.1.1' })),
    ).toBe(PROXY);
  });

  it('of any length is read in a time that grows with it', () => {
    for (const filling of ['"', '\\', '\\"', ',', ';', 'for="', ', for="']) {
      expect(forwarded(`${filling.repeat(100_000)}, for=203.0.113.7`)).toBe('203.0.113.7');
      expect(forwarded(`for=${filling.repeat(100_000)}`)).toBe(PROXY);
    }
  });
});

describe('an address of a connection', () => {
  it('has no zone: the names of interfaces may hold what no address does', () => {
    expect(addresses().of(request({}, 'fe80::1%br-0a1b2c'))).toBe('fe80::1');
  });

  it('may be that of a trusted proxy in IPv6 form', () => {
    expect(addresses().of(request({ 'x-forwarded-for': '203.0.113.7' }, `::ffff:${PROXY}`))).toBe(
      '203.0.113.7',
    );
  });

  it('is gone when the connection is', () => {
    expect(addresses().of({ headers: {}, socket: {} } as IncomingMessage)).toBeUndefined();
  });
});

it('what cannot be read is logged once for each kind, however many come', () => {
  const all = addresses();
  const values = ['unknown', 'UNKNOWN', '_a', '_b', 'x'.repeat(1_000), 'y', 'unknown'];
  for (const value of values) all.of(request({ 'x-forwarded-for': value }));
  const lines = warn.mock.calls.map((call: unknown[]) => String(call[0]));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain(
    'the proxy 10.0.0.1 names no address of its client in x-forwarded-for (unknown): "unknown"',
  );
  expect(lines[1]).toContain('(hidden): "_a"');
  expect(lines[2]!.length).toBeLessThan(300);
});
