import { z } from 'zod';
import { readJson } from '../read-json.js';

/** In none of the signed fields but the message itself: a line more would allow another reading of what was signed. */
const line = z.string().regex(/^[^\r\n]*$/);

const signed = {
  Message: z.string(),
  MessageId: line,
  Timestamp: line,
  TopicArn: line,
  Signature: z.string().max(2_000),
  SignatureVersion: line,
  SigningCertURL: line,
};

const confirmation = { ...signed, SubscribeURL: line, Token: line };

const snsMessage = z.discriminatedUnion('Type', [
  z.object({ Type: z.literal('Notification'), ...signed, Subject: line.nullish() }),
  z.object({ Type: z.literal('SubscriptionConfirmation'), ...confirmation }),
  z.object({ Type: z.literal('UnsubscribeConfirmation'), ...confirmation }),
]);

/** What Amazon SNS posts (https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html). */
export type SnsMessage = z.infer<typeof snsMessage>;

/** The message in the body of a request; undefined when it is none. */
export const readSnsMessage = (raw: Buffer): SnsMessage | undefined =>
  snsMessage.safeParse(readJson(raw)).data;
