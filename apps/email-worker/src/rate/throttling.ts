/** A reply by which a server asks for fewer mails, not for this one to come later. */
const ENHANCED = /\b(4\.7\.\d{1,3}|4\.3\.2)\b/;
const ABOUT_CONNECTIONS = /\bconnections?\b/i;
const ABOUT_A_RATE = /\b(rate|throttl|too (many|fast|much)|quota|limit)/i;

/**
 * Whether a server refuses a mail because it gets too many: 421, unless it speaks of connections, of which there are
 * others; 450 and 452 with 4.7.x (a policy) or 4.3.2 (it takes
 * none now); 454 that speaks of a rate, as Amazon SES does (https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html).
 * @param text the whole reply
 */
export function asksForFewer(code: number, text: string): boolean {
  if (code === 421) return !ABOUT_CONNECTIONS.test(text);
  if (code === 450 || code === 452) return ENHANCED.test(text);
  return code === 454 && ABOUT_A_RATE.test(text);
}
