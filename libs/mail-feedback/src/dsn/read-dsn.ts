import PostalMime, { type Email } from 'postal-mime';
import { readDeliveryStatus } from './delivery-status.js';
import type { Dsn, DsnRecipient } from './dsn.js';
import { readQsbmf } from './qsbmf.js';

/** 256 KiB. */
const MAX_BYTES = 262_144;
/** A report has two levels, and its text for people a few more. */
const MAX_NESTING = 10;
const MAX_HEADER_BYTES = 65_536;
/** 256 KiB in lines of 76 characters have 3,450. With the next limit it bounds the time that reading takes. */
const MAX_LINES = 5_000;
/** A report has three parts, its text for people a few more; the mail that it returns is not looked into. */
const MAX_DELIMITERS = 200;
const LINE_END = 0x0a;
const HYPHEN = 0x2d;

const REPORT = /^multipart\/report\s{0,5}(;|$)/i;
/** RFC 3464, and RFC 6533 for addresses that are not in ASCII. */
const STATUS_TYPES = new Set(['message/delivery-status', 'message/global-delivery-status']);

/**
 * Reads a delivery status notification: RFC 3464, or the text that qmail writes. All else is not understood
 * and answered with undefined: another mail, a report of another form, hostile input, and what is longer than
 * 256 KiB. Never rejects.
 */
export async function readDsn(raw: Buffer): Promise<Dsn | undefined> {
  if (raw.length > MAX_BYTES || hasTooManyLines(raw)) return undefined;
  const mail = await parse(raw);
  const recipients = mail ? recipientsOf(mail) : [];
  return recipients.length > 0 ? { recipients } : undefined;
}

async function parse(raw: Buffer): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      maxRfc822NestingDepth: 0,
      attachmentEncoding: 'utf8',
      maxNestingDepth: MAX_NESTING,
      maxHeadersSize: MAX_HEADER_BYTES,
    });
  } catch {
    // Past one of the limits.
    return undefined;
  }
}

function recipientsOf(mail: Email): DsnRecipient[] {
  const type = mail.headers.find(({ key }) => key === 'content-type')?.value ?? 'text/plain';
  if (!REPORT.test(type.trim())) return readQsbmf(mail.text?.trimStart() ?? '');
  const report = mail.attachments.find(({ mimeType }) => STATUS_TYPES.has(mimeType));
  return typeof report?.content === 'string' ? readDeliveryStatus(report.content) : [];
}

/** A line that begins with two hyphens may begin a part. */
function hasTooManyLines(raw: Buffer): boolean {
  let lines = 0;
  let delimiters = 0;
  for (let at = raw.indexOf(LINE_END); at >= 0; at = raw.indexOf(LINE_END, at + 1)) {
    if (raw[at + 1] === HYPHEN && raw[at + 2] === HYPHEN) delimiters++;
    if (++lines > MAX_LINES || delimiters > MAX_DELIMITERS) return true;
  }
  return false;
}
