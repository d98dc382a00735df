import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import { domainOf } from '../mail-budgets/mailbox.js';

/** Made once: the library makes the whole set again for each question. */
const domains = disposableEmailBlocklistSet();

/** Whether an address is at a domain of mailboxes that are thrown away, or below one. */
export function isDisposable(email: string): boolean {
  const labels = domainOf(email).split('.');
  return labels.some((_, i) => domains.has(labels.slice(i).join('.')));
}
