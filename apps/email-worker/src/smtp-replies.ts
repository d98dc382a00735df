/** A reply of a mail server that is no acceptance. */
export interface SmtpReply {
  readonly code: number;
  /** The command that was answered, as nodemailer names it: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`, … */
  readonly command: string;
  /** The whole reply, all of its lines. */
  readonly text: string;
}

/** Why a server refuses us. */
export const REFUSAL_REASONS = ['authentication', 'sender', 'quota', 'policy', 'server'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** `later`: try again. `undeliverable`: this mail can never be sent. `refuses-us`: no mail of ours can. */
export type ReplyMeaning =
  | { readonly kind: 'later' }
  | { readonly kind: 'undeliverable' }
  | { readonly kind: 'refuses-us'; readonly reason: RefusalReason };

const LATER: ReplyMeaning = { kind: 'later' };
const UNDELIVERABLE: ReplyMeaning = { kind: 'undeliverable' };
const refusesUs = (reason: RefusalReason): ReplyMeaning => ({ kind: 'refuses-us', reason });

interface Rule {
  /** What has to match, all of it: the reply code, the enhanced status code (RFC 3463), the words, the command. */
  readonly code?: RegExp;
  readonly status?: RegExp;
  readonly words?: RegExp;
  readonly command?: RegExp;
  readonly means: ReplyMeaning;
  /** Where it is written. */
  readonly source: string;
}

const SENDGRID = 'https://www.twilio.com/docs/sendgrid/for-developers/sending-email/smtp-errors-and-troubleshooting'; // prettier-ignore
const SES = 'https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html';
const EXCHANGE = 'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online'; // prettier-ignore
const GMAIL = 'https://support.google.com/a/answer/3726730';
const REGISTRY = 'RFC 5248; https://www.iana.org/assignments/smtp-enhanced-status-codes';

/** The first rule that matches decides: what a provider says in its own words, then codes, then the command. */
const RULES: readonly Rule[] = [
  { code: /^403$/, means: refusesUs('sender'), source: SENDGRID },
  { words: /maximum credits exceeded/i, means: refusesUs('quota'), source: SENDGRID },

  { code: /^4/, means: LATER, source: 'RFC 5321, section 4.2.1' },
  { status: /^4\./, means: LATER, source: 'RFC 3463, section 2' },
  // The session is in the wrong state, not the mail: a new connection is in the right one.
  { code: /^503$/, means: LATER, source: 'RFC 5321, section 4.1.4' },

  { code: /^53[0458]$/, means: refusesUs('authentication'), source: 'RFC 4954, section 6' },
  { command: /^AUTH/, means: refusesUs('authentication'), source: 'RFC 4954, section 4' },
  // Before the mail's first command nothing is about a mail.
  { command: /^(?!MAIL|RCPT|DATA)/, means: refusesUs('policy'), source: 'RFC 5321, section 3.1' },

  { words: /email address is not verified/i, means: refusesUs('sender'), source: SES },
  { words: /is not authorized to perform/i, means: refusesUs('authentication'), source: SES },
  { words: /verified sender identity/i, means: refusesUs('sender'), source: SENDGRID },
  { words: /SendAsDenied|permissions? to send as/i, means: refusesUs('sender'), source: EXCHANGE },
  { words: /SubmissionQuotaExceeded/i, means: refusesUs('quota'), source: EXCHANGE },
  { words: /daily .*(limit|quota) exceeded/i, means: refusesUs('quota'), source: GMAIL },
  {
    words: /relay(ing)? (access )?(denied|not permitted)|unable to relay|allowed rcpthosts/i,
    means: refusesUs('policy'),
    source:
      'the words of Postfix, Exim, Exchange Server and qmail for a client that is not logged in',
  },
  {
    words: /sender (address )?(rejected|denied)|sender verify failed/i,
    means: refusesUs('sender'),
    source: 'the words of Postfix, Cisco IronPort and Exim',
  },

  // Mailing list, changed owner, and groups that take mail of their own people only: about the recipient.
  { status: /^5\.7\.(2|17|18)$/, means: UNDELIVERABLE, source: `${REGISTRY}; RFC 7293` },
  { status: /^5\.7\.1(2\d|3[0-6])$/, means: UNDELIVERABLE, source: EXCHANGE },
  { status: /^5\.7\.(8|9|11|13|139)$/, means: refusesUs('authentication'), source: REGISTRY },
  { status: /^5\.7\.\d+$/, means: refusesUs('policy'), source: REGISTRY },
  { status: /^5\.1\.[78]$/, means: refusesUs('sender'), source: 'RFC 3463, section 3.2' },
  { status: /^5\.1\.90$/, means: refusesUs('quota'), source: EXCHANGE },
  { status: /^5\.2\.252$/, means: refusesUs('sender'), source: EXCHANGE },
  { status: /^5\.4\.5$/, means: refusesUs('quota'), source: GMAIL },
  { status: /^5\.3\.4$/, means: UNDELIVERABLE, source: 'RFC 3463, section 3.4: too big' },
  { status: /^5\.3\.\d+$/, means: refusesUs('server'), source: 'RFC 3463, section 3.4' },
  { status: /^5\.6\.\d+$/, means: UNDELIVERABLE, source: 'RFC 3463, section 3.7; RFC 6531' },

  { code: /^552$/, means: UNDELIVERABLE, source: 'RFC 1870, section 6.1: too big' },
  { command: /^MAIL/, means: refusesUs('sender'), source: 'RFC 5321, section 3.3' },
  { means: UNDELIVERABLE, source: 'RFC 5321, section 4.2.1' },
];

/** What a reply means for the mail that it answers. */
export function meaningOf(reply: SmtpReply): ReplyMeaning {
  const status = statusOf(reply.text);
  const rule = RULES.find(
    ({ code, status: wanted, words, command }) =>
      (!code || code.test(String(reply.code))) &&
      (!wanted || wanted.test(status)) &&
      (!words || words.test(unfolded(reply.text))) &&
      (!command || command.test(reply.command)),
  );
  return rule!.means;
}

/** The enhanced status code, which stands after the reply code, or as qmail writes it at the end: `(#5.7.1)`; else empty. */
function statusOf(text: string): string {
  const match =
    /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(text) ?? /\(#(\d\.\d{1,3}\.\d{1,3})\)/.exec(text);
  return match?.[1] ?? '';
}

/** The words of all lines of a reply, without the codes that each line begins with. */
const unfolded = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^\d{3}[ -](\d\.\d{1,3}\.\d{1,3} )?/, ''))
    .join(' ');
