import { Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { forwardedHops, type ForwardedHeader, type Hop } from './forwarded-hops.js';
import type { HttpConfig } from './http.config.js';
import { isInRanges, type Range } from './proxy-ranges.js';

const LOGGED_MAX_CHARACTERS = 64;

/**
 * Finds the address of the client behind trusted proxies: the first one from the right that is not theirs.
 * Where a trusted proxy names no address, the client counts as that proxy. Otherwise all such clients, behind
 * whatever proxy, would count as one.
 */
export class ClientAddresses {
  private readonly logger = new Logger('ClientAddress');
  /** The kinds of what could not be read that the log has named; there are three. */
  private readonly logged = new Set<string>();
  private readonly proxies: readonly Range[];
  private readonly header: ForwardedHeader;

  constructor({ TRUSTED_PROXIES, FORWARDED_HEADER }: HttpConfig) {
    this.proxies = TRUSTED_PROXIES;
    this.header = FORWARDED_HEADER;
  }

  /** The address of the client that sent the request; undefined when its connection is gone already. */
  of({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string | undefined {
    // The zone names an interface of this machine, such as fe80::1%br-0, and is no part of the address.
    let nearest = socket.remoteAddress?.split('%', 1)[0];
    if (nearest === undefined || !isInRanges(nearest, this.proxies)) return nearest;
    for (const hop of forwardedHops(this.header, String(headers[this.header] ?? ''))) {
      if (hop.address === undefined) {
        this.logOnce(hop, nearest);
        return nearest;
      }
      nearest = hop.address;
      if (!isInRanges(nearest, this.proxies)) return nearest;
    }
    return nearest;
  }

  /** Sets `request.ip` to the client's address, for Express too. */
  mark(request: IncomingMessage): void {
    // An own property hides the getter that Express adds later.
    (request as { ip?: string }).ip = this.of(request);
  }

  private logOnce({ text }: Hop, proxy: string): void {
    const kind = kindOf(text);
    if (this.logged.has(kind)) return;
    this.logged.add(kind);
    const written = JSON.stringify(text.slice(0, LOGGED_MAX_CHARACTERS));
    this.logger.warn(
      `the proxy ${proxy} names no address of its client in ${this.header} (${kind}): ${written}. ` +
        'Such requests count as its own; this is logged once',
    );
  }
}

function kindOf(text: string): 'unknown' | 'hidden' | 'malformed' {
  if (/(^|[=";])unknown\b/i.test(text)) return 'unknown';
  return /(^|[="])_/.test(text) ? 'hidden' : 'malformed';
}
