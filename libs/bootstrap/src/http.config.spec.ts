import { loadConfig } from '#libs/service-defaults';
import { HttpConfig } from './http.config.js';
import { isInRanges } from './proxy-ranges.js';

const read = (env: Record<string, string>) =>
  loadConfig([HttpConfig], env).get(HttpConfig) as HttpConfig;

describe('trusted proxies', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', '10.0.0.2'],
    ['10.0.0.0/8, 192.0.2.1', '192.0.2.1', '192.0.2.2'],
    ['loopback', '127.8.9.1', '128.0.0.1'],
    ['loopback', '::1', '::2'],
    ['linklocal', '169.254.1.1', '169.255.1.1'],
    ['uniquelocal', '172.31.0.1', '172.32.0.1'],
    ['2001:db8::/32', '2001:db8:1::1', '2001:db9::1'],
    ['10.0.0.0/8', '::ffff:10.1.1.1', '::ffff:11.1.1.1'],
    ['::ffff:10.0.0.0/104', '10.1.1.1', '11.1.1.1'],
    ['::ffff:10.0.0.1', '10.0.0.1', '10.0.0.2'],
  ])('%s are such as %s, and not %s', (TRUSTED_PROXIES, proxy, other) => {
    const ranges = read({ TRUSTED_PROXIES }).TRUSTED_PROXIES;
    expect([isInRanges(proxy, ranges), isInRanges(other, ranges)]).toEqual([true, false]);
  });

  it('are none unless they are given', () => {
    expect(read({}).TRUSTED_PROXIES).toEqual([]);
  });

  it.each(['proxy.example', '10.0.0.0/33', '10.0.0.1,', '10', 'true', '*'])(
    'may not be %j',
    (TRUSTED_PROXIES) => {
      expect(() => read({ TRUSTED_PROXIES })).toThrow(
        'TRUSTED_PROXIES: expected addresses or CIDR ranges, by commas',
      );
    },
  );
});
