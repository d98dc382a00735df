import type { X509Certificate } from 'node:crypto';
import type { FeedbackPost } from '../feedback-post.js';
import { readSesEvent } from './ses-event.js';
import { readSnsMessage, type SnsMessage } from './sns-message.js';
import { isSigned, readCertificate } from './sns-signature.js';
import { isCertificateUrl, isConfirmationUrl } from './sns-urls.js';

export interface SnsOptions {
  /** Our topic; what comes from another one is refused before anything is fetched. */
  readonly topicArn: string;
  /**
   * Fetches a certificate in PEM from a URL of Amazon SNS. The caller follows no redirect, limits time and
   * size, and keeps what it got: a URL names one certificate for ever. A rejection means that there is none now.
   */
  readonly fetchCertificate: (url: string) => Promise<string | Buffer>;
}

/** What a request of Amazon SNS is. */
export type SnsPost =
  | FeedbackPost
  /** SNS asks whether we want what comes from our topic: fetching the URL says yes. */
  | { readonly kind: 'subscription'; readonly confirmationUrl: string }
  /** Our topic sends us nothing any more; fetching the URL would change that. */
  | { readonly kind: 'unsubscribed'; readonly confirmationUrl: string }
  /** Not from our topic, or not signed by SNS: 401. */
  | { readonly kind: 'unauthorized'; readonly reason: string }
  /** Whether it is signed by SNS cannot be known now: 503, so that SNS sends it again. */
  | { readonly kind: 'certificate-unavailable'; readonly reason: string };

/**
 * Reads what Amazon SNS posts to an HTTPS endpoint, and proves that it comes from our topic. Nothing is
 * fetched for another topic, from another host, or for a signature version that is neither 1 (SHA-1) nor 2
 * (SHA-256). Never rejects. A signature proves the provider, not us: the ids are still to be verified.
 * @param raw the body as it came, at most 1 MiB
 */
export async function readSnsPost(raw: Buffer, options: SnsOptions): Promise<SnsPost> {
  const message = readSnsMessage(raw);
  if (!message) return { kind: 'unreadable', reason: 'it is no message of Amazon SNS' };
  const objection = objectionTo(message, options.topicArn);
  if (objection) return { kind: 'unauthorized', reason: objection };
  const certificate = await certificateOf(message, options);
  if (typeof certificate === 'string') {
    return { kind: 'certificate-unavailable', reason: certificate };
  }
  if (!isSigned(message, certificate, new Date())) {
    return { kind: 'unauthorized', reason: 'the signature is wrong' };
  }
  if (message.Type === 'Notification') return readSesEvent(message.Message);
  const kind = message.Type === 'SubscriptionConfirmation' ? 'subscription' : 'unsubscribed';
  return { kind, confirmationUrl: message.SubscribeURL };
}

/** Why nothing is to be fetched for a message; undefined when there is no reason. */
function objectionTo(message: SnsMessage, topicArn: string): string | undefined {
  if (message.TopicArn !== topicArn) return 'it comes from another topic';
  if (!['1', '2'].includes(message.SignatureVersion)) return 'its signature version is unknown';
  if (!isCertificateUrl(message.SigningCertURL, topicArn))
    return 'its certificate is not of Amazon SNS';
  if (message.Type === 'Notification') return undefined;
  return isConfirmationUrl(message.SubscribeURL, topicArn)
    ? undefined
    : 'its URL does not confirm a subscription to our topic';
}

async function certificateOf(
  { SigningCertURL: url }: SnsMessage,
  { fetchCertificate }: SnsOptions,
): Promise<X509Certificate | string> {
  try {
    return readCertificate(await fetchCertificate(url)) ?? `there is no certificate at ${url}`;
  } catch (error) {
    return `${url} cannot be fetched: ${error instanceof Error ? error.message : String(error)}`;
  }
}
