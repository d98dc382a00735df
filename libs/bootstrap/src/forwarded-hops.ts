import { isIP, isIPv6 } from 'node:net';

/** The header that names the client and the proxies in between. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

/** What one proxy wrote about who connected to it; without `address` when that is none. */
export interface Hop {
  readonly address?: string;
  /** As it was written. */
  readonly text: string;
}

/**
 * The hops that a header names, the nearest first: each proxy appends what it saw, so what is further to the
 * left is further from belief. Nothing is read that the caller does not ask for.
 */
export function* forwardedHops(kind: ForwardedHeader, header: string): Generator<Hop> {
  for (const element of fromTheRight(header, ',')) {
    // An empty element of a list says nothing: RFC 9110, section 5.6.1.2.
    if (element === '') continue;
    const node = kind === 'forwarded' ? forParameter(element) : element;
    yield { text: element, ...(node !== undefined && { address: addressIn(node) }) };
  }
}

/**
 * The parts between separators outside quotes, the last first. It begins at the right because only what
 * trusted proxies wrote there is well-formed: a client that leaves a quote open cannot swallow what follows.
 */
function* fromTheRight(text: string, separator: string): Generator<string> {
  let end = text.length;
  let quoted = false;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === '"' && !isEscaped(text, i)) quoted = !quoted;
    if (quoted || text[i] !== separator) continue;
    yield text.slice(i + 1, end).trim();
    end = i;
  }
  yield text.slice(0, end).trim();
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** The value of `for` in an element such as `for="[2001:db8::1]:4711";proto=https`: RFC 7239, section 4. */
function forParameter(element: string): string | undefined {
  for (const pair of fromTheRight(element, ';')) {
    const [, token, quoted] = /^for\s*=\s*(?:([^"]*)|"(.*)")$/i.exec(pair) ?? [];
    const value = token ?? quoted?.replaceAll(/\\(.)/g, '$1');
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * An address with or without a port, that of IPv6 in brackets or bare. RFC 7239, section 6, also has ports
 * and names that hide something, such as `_gazonk`, and `unknown`: those are no address.
 */
function addressIn(node: string): string | undefined {
  const [, inBrackets, beforePort] =
    /^(?:\[([^\]]+)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/.exec(node) ?? [];
  const address = (inBrackets ?? beforePort ?? node).split('%', 1)[0]!;
  return (inBrackets === undefined ? isIP(address) : isIPv6(address)) ? address : undefined;
}
