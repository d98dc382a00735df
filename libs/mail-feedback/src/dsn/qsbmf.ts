import { addressIn } from '../addresses.js';
import { exactStatus } from '../enhanced-status.js';
import { oneLine } from '../one-line.js';
import type { DsnRecipient } from './dsn.js';

/** How such a report begins: qmail's, and that of Yahoo, which is like it. */
const INTRODUCTIONS = [
  'Hi. This is the',
  'Sorry, we were unable to deliver your message to the following address',
];
/** Before the copy of the mail; also where the blank line before it is missing. */
const BREAK = /^-/m;
const MAX_PARAGRAPHS = 100;
/** A server's reply stands in the middle of the explanation, after these words. */
const REMOTE_REPLY = /^Remote host said: /m;

/**
 * The recipients in the text of a bounce in the format of qmail-send, which has no MIME parts (QSBMF,
 * https://cr.yp.to/proto/qsbmf.txt): an introduction, a paragraph `<address>:` and an explanation for each
 * recipient, and a line that begins with `-` before the copy of the mail. All are permanent failures.
 */
export function readQsbmf(text: string): DsnRecipient[] {
  if (!INTRODUCTIONS.some((introduction) => text.startsWith(introduction))) return [];
  const [report = ''] = text.replaceAll('\r\n', '\n').split(BREAK, 1);
  return report
    .split(/\n\n+/, MAX_PARAGRAPHS)
    .flatMap((paragraph) => readParagraph(paragraph) ?? []);
}

function readParagraph(paragraph: string): DsnRecipient | undefined {
  const [first = '', ...lines] = paragraph.split('\n');
  const named = /^<([^<>]{1,254})>:?\s{0,5}$/.exec(first)?.[1];
  const address = named && addressIn(named);
  if (!address) return undefined;
  const explanation = lines.join('\n');
  const reply = REMOTE_REPLY.exec(explanation);
  const replied = reply ? explanation.slice(reply.index + reply[0].length) : undefined;
  const status = exactStatus(exactStatus(undefined, replied), explanation);
  const diagnostic = oneLine(explanation);
  return {
    address,
    action: 'failed',
    ...(status && { status }),
    ...(diagnostic && { diagnostic }),
  };
}
