import { parseMailId } from './mail-ids.js';

/**
 * The return path of one mail (VERP, variable envelope return path): what bounces to it names the mail.
 * @param bounceDomain the domain whose mail comes to us, `BOUNCE_DOMAIN`
 */
export const returnPath = (id: string, bounceDomain: string): string =>
  `${id}@${bounceDomain}`.toLowerCase();

/**
 * The mail id of an address at the bounce domain, in lower case; undefined when the address is no return path.
 * The case does not count: RFC 5321, section 2.4, wants it kept, and some servers do not. Nothing is proven
 * before `MailIds.verify`.
 * @param address without angle brackets
 */
export function readReturnPath(address: string, bounceDomain: string): string | undefined {
  const at = address.indexOf('@');
  if (at < 0 || address.slice(at + 1).toLowerCase() !== bounceDomain.toLowerCase())
    return undefined;
  return parseMailId(address.slice(0, at))?.id;
}
