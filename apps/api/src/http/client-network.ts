import ipaddr from 'ipaddr.js';
import { isIPv4 } from 'node:net';

const IPV6_NETWORK_GROUPS = 4;

/**
 * What counts as one client: an IPv4 address, or a /64 of IPv6, which is what one subscriber has at least
 * (RFC 6177), with as many addresses as they like. An IPv4 address in IPv6 clothes counts as itself.
 */
export function clientNetwork(address: string | undefined): string {
  if (address && isIPv4(address)) return address;
  if (!address || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const groups = parsed.parts.slice(0, IPV6_NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
