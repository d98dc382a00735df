import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether the header `Authorization` has this user and password (RFC 7617). How long it takes says nothing
 * about how much of them is right.
 * @param expected `user:password`, in UTF-8
 */
export function isBasicAuth(header: string | undefined, expected: string): boolean {
  const credentials = /^basic +([a-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (credentials === undefined) return false;
  return timingSafeEqual(digest(Buffer.from(credentials, 'base64')), digest(Buffer.from(expected)));
}

/** Of one length, whatever the length of what was sent. */
const digest = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
