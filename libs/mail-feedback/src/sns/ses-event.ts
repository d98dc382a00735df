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
import { idInHeaders, idInTags } from '../ids/carried-id.js';
import type { Bounced, Complained, MailFeedback } from '../mail-feedback.js';
import { oneLine } from '../one-line.js';
import { readJson } from '../read-json.js';
import { withoutType } from '../typed-field.js';

const text = z.string();

const sesMail = z.object({
  tags: z.record(text, z.array(text)).nullish(),
  headers: z.array(z.object({ name: text, value: text })).nullish(),
});

const bounce = z.object({
  bounceType: text,
  bounceSubType: text.nullish(),
  bouncedRecipients: z.array(
    z.object({ emailAddress: text, status: text.nullish(), diagnosticCode: text.nullish() }),
  ),
  timestamp: moment,
});

const complaint = z.object({
  complainedRecipients: z.array(z.object({ emailAddress: text })),
  complaintFeedbackType: text.nullish(),
  timestamp: moment,
});

const delivery = z.object({ recipients: z.array(text), timestamp: moment });

/** The events of a configuration set say `eventType`, the notifications of an identity `notificationType`. */
const sesEvent = z.preprocess(
  withOneName,
  z.discriminatedUnion('eventType', [
    z.object({ eventType: z.literal('Bounce'), mail: sesMail, bounce }),
    z.object({ eventType: z.literal('Complaint'), mail: sesMail, complaint }),
    z.object({ eventType: z.literal('Delivery'), mail: sesMail, delivery }),
  ]),
);
type SesEvent = z.infer<typeof sesEvent>;

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html: what SES says of a bounce. */
const VERDICTS: ReadonlyMap<string, ProviderVerdict> = new Map([
  ['Permanent/NoEmail', 'no-mailbox'],
  ['Permanent/General', 'permanent'],
  ['Transient/MailboxFull', 'temporary'],
]);

/** A provider's report that a mail was wrongly taken for spam (RFC 5965, section 7.3). */
const NO_COMPLAINT = 'not-spam';

/**
 * The feedback in an event of Amazon SES. What is no event that we know holds none: SES publishes other
 * events, and a sentence when a destination is set up.
 */
export function readSesEvent(message: string): FeedbackPost {
  const event = sesEvent.safeParse(readJson(message)).data;
  if (!event) return NO_FEEDBACK;
  const { tags, headers } = event.mail;
  const id = (tags && idInTags(tags)) ?? (headers ? idInHeaders(headers) : undefined);
  return withId(id, piecesOf(event));
}

function piecesOf(event: SesEvent): WithoutId<MailFeedback>[] {
  if (event.eventType === 'Bounce') return bounces(event.bounce);
  if (event.eventType === 'Complaint') return complaints(event.complaint);
  const { recipients, timestamp: at } = event.delivery;
  return addresses(recipients).map((recipient) => ({ kind: 'delivered', recipient, at }));
}

function complaints({
  complainedRecipients,
  complaintFeedbackType,
  timestamp: at,
}: z.infer<typeof complaint>): WithoutId<Complained>[] {
  if (complaintFeedbackType === NO_COMPLAINT) return [];
  return addresses(complainedRecipients.map(({ emailAddress }) => emailAddress)).map(
    (recipient) => ({ kind: 'complained', recipient, at }),
  );
}

function bounces({
  bounceType,
  bounceSubType,
  bouncedRecipients,
  timestamp: at,
}: z.infer<typeof bounce>): WithoutId<Bounced>[] {
  const verdict = VERDICTS.get(`${bounceType}/${bounceSubType ?? ''}`);
  return bouncedRecipients.flatMap(({ emailAddress, status: stated, diagnosticCode }) => {
    const recipient = addressIn(emailAddress);
    if (recipient === undefined) return [];
    const said = diagnosticCode ? withoutType(diagnosticCode) : undefined;
    const status = exactStatus(stated ?? undefined, said);
    const diagnostic = said && oneLine(said);
    return {
      kind: 'bounced',
      recipient,
      at,
      bounce: classify(status, verdict, diagnostic),
      ...(status && { status }),
      ...(diagnostic && { diagnostic }),
    };
  });
}

const addresses = (texts: readonly string[]): string[] =>
  texts.flatMap((address) => addressIn(address) ?? []);

function withOneName(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || !('notificationType' in event)) return event;
  return { eventType: event.notificationType, ...event };
}
