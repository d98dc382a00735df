import { domainToASCII } from 'node:url';
import { z } from 'zod';

const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const CANONICAL = new RegExp(
  `^(?=.{1,64}@)${ATOM}(?:\\.${ATOM})*@(?=.{1,253}$)(?:${LABEL}\\.)+(?=[a-z0-9-]*[a-z])${LABEL}$`,
);

/** domainToASCII reads a URL's host, which ends at these or has them stripped or decoded. */
const NOT_IN_DOMAIN = /[\s/\\?#%]/;

const MAX_INPUT_CHARACTERS = 320;
const MAX_CHARACTERS = 254;

/**
 * The one form of an e-mail address: trimmed, NFKC, domain in ASCII (IDNA), lower case. It is what is
 * compared, stored and mailed. Undefined when that is not a plain address (RFC 5321 dot-string; no quoted
 * local parts, no address literals).
 */
export function canonicalEmail(input: string): string | undefined {
  if (input.length > MAX_INPUT_CHARACTERS) return undefined;
  const normalised = input.trim().normalize('NFKC').toLowerCase();
  const at = normalised.lastIndexOf('@');
  if (at < 1) return undefined;
  const domain = normalised.slice(at + 1);
  if (NOT_IN_DOMAIN.test(domain)) return undefined;
  const address = `${normalised.slice(0, at)}@${domainToASCII(domain)}`;
  return address.length <= MAX_CHARACTERS && CANONICAL.test(address) ? address : undefined;
}

/** An e-mail address in a request; its output is the canonical form. */
export const emailAddress = z.string().transform((input, context) => {
  const address = canonicalEmail(input);
  if (address) return address;
  context.addIssue({
    code: 'custom',
    message: 'is not an e-mail address',
    params: { code: 'invalid_email' },
  });
  return z.NEVER;
});
