import { statusInReply } from './enhanced-status.js';
import { oneLine } from './one-line.js';

/**
 * `hard`: there is no such mailbox. `soft`: there may be room or a server for it later. `blocked`: all else,
 * which is about us or the mail and says nothing about the mailbox.
 */
export type BounceClass = 'hard' | 'soft' | 'blocked';

/** From the least to the most. Of one mail only what says more than before counts, so each class counts once. */
export const BOUNCES_BY_WEIGHT: readonly BounceClass[] = ['soft', 'blocked', 'hard'];

/** What a provider says of a bounce in words of its own, beside the status code. */
export type ProviderVerdict = 'no-mailbox' | 'permanent' | 'temporary';

/** RFC 3463, sections 3.2 and 3.3; 5.1.10 is of RFC 7505, and Exchange uses it for an unknown recipient. */
const NO_MAILBOX = new Set(['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);
const MAILBOX_FULL = '5.2.2';
/**
 * A mistyped domain: mail servers report it as a failure of routing (RFC 3463, section 3.5), which may be about us as
 * well, so that only these words tell. Postfix and Exchange Online write them with 5.4.4 and 5.4.310.
 */
const ROUTING = '5.4.';
const NO_DOMAIN =
  /(host|domain)( or domain name)? (was )?not found|domain .{0,260}does not exist|\bNXDOMAIN\b/i;

/**
 * The class of a bounce by its enhanced status code (RFC 3463).
 * @param verdict counts where the code leaves it open; `no-mailbox` counts always. A `permanent` bounce with a
 * code of 5.7.x is a refusal of the sender, so it is `blocked`.
 * @param diagnostic what the server said; it decides only whether the domain is what is missing
 */
export function classify(
  status: string | undefined,
  verdict?: ProviderVerdict,
  diagnostic = '',
): BounceClass {
  if (verdict === 'no-mailbox') return 'hard';
  if (status !== undefined) {
    if (NO_MAILBOX.has(status)) return 'hard';
    if (status.startsWith(ROUTING) && NO_DOMAIN.test(diagnostic)) return 'hard';
    if (status === MAILBOX_FULL || status.startsWith('4.')) return 'soft';
    if (status.startsWith('5.7.')) return 'blocked';
  }
  if (verdict === 'permanent') return 'hard';
  return verdict === 'temporary' ? 'soft' : 'blocked';
}

/**
 * The class of a refusal in an SMTP dialogue. A reply of 4yz is `soft`, whatever else it says (RFC 5321,
 * section 4.2.1). A reply of 5yz without an enhanced status code is `blocked`: 550 alone may mean no such
 * mailbox as well as a policy.
 * @param code the reply code, such as 550
 * @param text the whole reply, all of its lines
 */
export function classifyReply(code: number, text: string): BounceClass {
  if (code >= 400 && code < 500) return 'soft';
  return classify(statusInReply(text), undefined, oneLine(text));
}
