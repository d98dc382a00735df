import { Injectable, Logger } from '@nestjs/common';
import { readCertificate } from '#libs/mail-feedback';

const TIMEOUT_MS = 5_000;
/** A certificate has about 2 kB, the answer to a confirmation less. */
const MAX_BYTES = 65_536;
/** A region has one certificate at a time. */
const MAX_CERTIFICATES = 16;
/** Certificates that are fetched at the same time. */
const MAX_PENDING = 4;

/** Fetches what Amazon SNS says that we fetch. The caller has checked that the URL is one of SNS. */
@Injectable()
export class SnsClient {
  private readonly logger = new Logger(SnsClient.name);
  /** By URL, the last one fetched at the end: a URL names one certificate for ever. */
  private readonly certificates = new Map<string, Buffer>();
  private readonly pending = new Map<string, Promise<Buffer>>();

  /** Keeps what is a certificate; all else is fetched again. @throws Error when there is none now */
  async certificate(url: string): Promise<Buffer> {
    const known = this.certificates.get(url) ?? this.pending.get(url);
    if (known) return known;
    if (this.pending.size >= MAX_PENDING)
      throw new Error('too many certificates are being fetched');
    const fetched = this.fetch(url).finally(() => this.pending.delete(url));
    this.pending.set(url, fetched);
    return fetched;
  }

  private async fetch(url: string): Promise<Buffer> {
    const fetched = await get(url);
    if (!readCertificate(fetched)) throw new Error('the answer is no certificate');
    this.certificates.set(url, fetched);
    const [oldest] = this.certificates.keys();
    if (this.certificates.size > MAX_CERTIFICATES) this.certificates.delete(oldest!);
    return fetched;
  }

  /** Confirms the subscription of a topic. @throws Error when SNS does not answer that it is confirmed */
  async confirm(url: string): Promise<void> {
    await get(url);
    this.logger.log('the subscription to the topic of Amazon SNS is confirmed');
  }
}

/** @throws Error for a redirect, an answer other than 200, one that is too long, or none in time */
async function get(url: string): Promise<Buffer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { redirect: 'error', signal });
  if (response.status !== 200) throw new Error(`the answer was ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
