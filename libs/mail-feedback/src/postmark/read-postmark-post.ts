import { z } from 'zod';
import { addressIn } from '../addresses.js';
import { classify, type ProviderVerdict } from '../classify.js';
import { exactStatus } from '../enhanced-status.js';
import {
  moment,
  NO_FEEDBACK,
  withId,
  type FeedbackPost,
  type WithoutId,
} from '../feedback-post.js';
import { idInMetadata } from '../ids/carried-id.js';
import type { MailFeedback } from '../mail-feedback.js';
import { oneLine } from '../one-line.js';
import { readJson } from '../read-json.js';
import { withoutType } from '../typed-field.js';

const text = z.string();
const metadata = z.record(text, z.unknown()).nullish();

const postmarkPost = z.discriminatedUnion('RecordType', [
  z.object({
    RecordType: z.literal('Bounce'),
    Type: text,
    Email: text,
    BouncedAt: moment,
    Description: text.nullish(),
    Details: text.nullish(),
    Metadata: metadata,
  }),
  z.object({
    RecordType: z.literal('SpamComplaint'),
    Email: text,
    BouncedAt: moment,
    Metadata: metadata,
  }),
  z.object({
    RecordType: z.literal('Delivery'),
    Recipient: text,
    DeliveredAt: moment,
    Metadata: metadata,
  }),
]);
type PostmarkPost = z.infer<typeof postmarkPost>;
type PostmarkBounce = Extract<PostmarkPost, { RecordType: 'Bounce' }>;

/** Of other things, such as a mail that was opened. */
const anyPost = z.object({ RecordType: text });
const KNOWN = new Set(postmarkPost.options.map(({ shape }) => shape.RecordType.value as string));

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const VERDICTS: ReadonlyMap<string, ProviderVerdict> = new Map([
  ['BadEmailAddress', 'no-mailbox'],
  ['HardBounce', 'permanent'],
  ['SoftBounce', 'temporary'],
  ['Transient', 'temporary'],
  ['DnsError', 'temporary'],
]);

/** A HardBounce is of the mailbox unless the code says that it is of the mail, such as one that is too large. */
const verdictOf = (type: string, status: string | undefined) =>
  type === 'HardBounce' && status !== undefined && status !== '5.0.0'
    ? undefined
    : VERDICTS.get(type);

/** An answer to the mail: it has arrived, and no server has refused it. */
const ANSWERS = new Set([
  'AddressChange',
  'AutoResponder',
  'ChallengeVerification',
  'Subscribe',
  'Unsubscribe',
]);

/**
 * Reads what a webhook of Postmark posts (https://postmarkapp.com/developer/webhooks/webhooks-overview). The
 * caller has checked user and password; the id is still to be verified.
 * @param raw the body as it came, at most 1 MiB
 */
export function readPostmarkPost(raw: Buffer): FeedbackPost {
  const json = readJson(raw);
  const record = anyPost.safeParse(json).data;
  if (record && !KNOWN.has(record.RecordType)) return NO_FEEDBACK;
  const post = postmarkPost.safeParse(json).data;
  if (!post) return { kind: 'unreadable', reason: 'it is no webhook of Postmark' };
  const piece = pieceOf(post);
  return piece ? withId(idInMetadata(post.Metadata ?? {}), [piece]) : NO_FEEDBACK;
}

function pieceOf(post: PostmarkPost): WithoutId<MailFeedback> | undefined {
  const recipient = addressIn(post.RecordType === 'Delivery' ? post.Recipient : post.Email);
  if (recipient === undefined) return undefined;
  if (post.RecordType === 'Bounce') return bounceOf(post, recipient);
  return post.RecordType === 'Delivery'
    ? { kind: 'delivered', recipient, at: post.DeliveredAt }
    : { kind: 'complained', recipient, at: post.BouncedAt };
}

function bounceOf(post: PostmarkBounce, recipient: string): WithoutId<MailFeedback> | undefined {
  const { Type: type, BouncedAt: at } = post;
  if (ANSWERS.has(type)) return undefined;
  // Among the bounces of Postmark there are complaints too.
  if (type === 'SpamComplaint') return { kind: 'complained', recipient, at };
  const said = post.Details ? withoutType(post.Details) : undefined;
  const status = exactStatus(undefined, said);
  const diagnostic = oneLine(said ?? '') || oneLine(post.Description ?? '');
  return {
    kind: 'bounced',
    recipient,
    at,
    bounce: classify(status, verdictOf(type, status), diagnostic),
    ...(status && { status }),
    ...(diagnostic && { diagnostic }),
  };
}
