import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { ApiConfig } from '../../api.config.js';

const PREFIX_CHARACTERS = 5;
/** A range has some 2,000 lines of 40 bytes. */
const MAX_ANSWER_BYTES = 1_000_000;
/** Further ones are not asked about: a slow service must not collect requests. */
const MAX_IN_FLIGHT = 64;

/**
 * Asks the service at `PASSWORD_RANGE_URL`, if there is one, whether a password is in a known breach. It
 * is told the first five hex digits of the SHA-1 and no more (k-anonymity):
 * https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 * A service that does not answer in time lets every password pass.
 */
@Injectable()
export class BreachedPasswords {
  private readonly logger = new Logger(BreachedPasswords.name);
  private inFlight = 0;

  constructor(private readonly config: ApiConfig) {}

  async has(password: string): Promise<boolean> {
    const { PASSWORD_RANGE_URL: url } = this.config;
    if (!url || this.inFlight >= MAX_IN_FLIGHT) return false;
    const digest = createHash('sha1').update(password).digest('hex').toUpperCase();
    this.inFlight++;
    try {
      const range = await this.fetchRange(`${url}/${digest.slice(0, PREFIX_CHARACTERS)}`);
      return isListed(range, digest.slice(PREFIX_CHARACTERS));
    } catch (error) {
      this.logger.warn(`breached passwords cannot be looked up: ${(error as Error).message}`);
      return false;
    } finally {
      this.inFlight--;
    }
  }

  private async fetchRange(url: string): Promise<string> {
    const response = await fetch(url, {
      headers: { 'add-padding': 'true', 'user-agent': 'usher' },
      redirect: 'error',
      signal: AbortSignal.timeout(this.config.PASSWORD_RANGE_TIMEOUT),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error('its answer is too long');
      chunks.push(chunk as Uint8Array);
    }
    return Buffer.concat(chunks).toString('ascii');
  }
}

/** Lines are `<rest of the digest>:<count>`; padding has the count 0. */
function isListed(range: string, rest: string): boolean {
  return range.split(/\r?\n/).some((line) => {
    const [suffix, count] = line.split(':');
    return suffix?.toUpperCase() === rest && Number(count) > 0;
  });
}
