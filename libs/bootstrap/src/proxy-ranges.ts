import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses that begin with the same so many bits. */
export type Range = [Address, number];

/** Ranges that have a name, as Express has them: https://expressjs.com/en/guide/behind-proxies.html */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const MAPPED_PREFIX_BITS = 96;

/** Addresses, CIDR ranges and named ranges, separated by commas; undefined when one of them is none. */
export function parseRanges(text: string): Range[] | undefined {
  const ranges = text
    .split(',')
    .flatMap((each) => NAMED[each.trim()] ?? [each.trim()])
    .map(parseRange);
  return ranges.includes(undefined) ? undefined : (ranges as Range[]);
}

/** Whether an address is in one of the ranges; an IPv4 address in IPv6 form counts as itself. */
export function isInRanges(address: string, ranges: readonly Range[]): boolean {
  const parsed = ipaddr.process(address);
  return ranges.some(
    ([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits),
  );
}

function parseRange(text: string): Range | undefined {
  if (!/[.:]/.test(text)) return undefined;
  if (ipaddr.isValid(text)) {
    const address = ipaddr.process(text);
    return [address, address.toByteArray().length * 8];
  }
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, bits] = ipaddr.parseCIDR(text);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
  return isMapped && bits >= MAPPED_PREFIX_BITS
    ? [address.toIPv4Address(), bits - MAPPED_PREFIX_BITS]
    : [address, bits];
}
