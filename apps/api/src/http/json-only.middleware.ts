import type { NextFunction, Request, Response } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import { MIMEType } from 'node:util';
import { Problem } from './problem.js';

const JSON_TYPE = 'application/json';
const UTF_8 = /^utf-?8$/i;
const CODINGS = ['gzip', 'deflate', 'br'];

/** So much of a header is repeated in an answer. */
const QUOTED_MAX_CHARACTERS = 100;

/**
 * Refuses bodies that are not JSON in UTF-8 (RFC 8259, section 8.1), and says what they are instead. It is also
 * what keeps other sites' forms out: they cannot send JSON unasked.
 */
export function jsonOnly({ headers }: Request, response: Response, next: NextFunction): void {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) {
    next();
    return;
  }
  const type = typeRefusal(headers);
  const coding = type ? undefined : codingRefusal(headers);
  // RFC 9110, section 12.5.3: it is there when the coding is what is refused, and only then.
  if (coding) response.setHeader('accept-encoding', CODINGS.join(', '));
  const refusal = type ?? coding;
  if (!refusal) headers['content-type'] = JSON_TYPE; // The parser does not know every name of UTF-8.
  next(refusal && new Problem('unsupported_media_type', refusal));
}

function typeRefusal({ 'content-type': header }: IncomingHttpHeaders): string | undefined {
  if (header === undefined) return `The body has no content-type; set ${JSON_TYPE}.`;
  const type = parse(header);
  if (type?.essence !== JSON_TYPE) return `${quote(header)} is not accepted; send ${JSON_TYPE}.`;
  const charset = type.params.get('charset') ?? 'utf-8';
  if (UTF_8.test(charset)) return undefined;
  return `The charset ${quote(charset)} is not accepted; send JSON in UTF-8.`;
}

function codingRefusal({ 'content-encoding': header }: IncomingHttpHeaders): string | undefined {
  const coding = header?.toLowerCase() ?? 'identity';
  if (coding === 'identity' || CODINGS.includes(coding)) return undefined;
  return `The content-encoding ${quote(header!)} is not accepted; send the body as it is or in ${CODINGS.join(', ')}.`;
}

function parse(header: string): MIMEType | undefined {
  try {
    return new MIMEType(header);
  } catch {
    return undefined;
  }
}

const quote = (header: string) => JSON.stringify(header.slice(0, QUOTED_MAX_CHARACTERS));
