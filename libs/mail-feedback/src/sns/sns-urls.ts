const MAX_CHARACTERS = 2_000;
const HOST = 'sns\\.[a-z0-9-]{3,30}\\.amazonaws\\.com(?:\\.cn)?';
const CERTIFICATE = new RegExp(
  `^https://${HOST}/SimpleNotificationService-[a-zA-Z0-9]{1,100}\\.pem$`,
);
const CONFIRMATION = new RegExp(`^https://${HOST}/\\?[^#@\\s\\\\]+$`);

/**
 * Whether a certificate of Amazon SNS may be fetched from here: HTTPS, a host of SNS, the name of a
 * certificate, and no port, user, query or fragment
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
 */
export const isCertificateUrl = (url: string): boolean =>
  url.length <= MAX_CHARACTERS && CERTIFICATE.test(url);

/** Whether fetching this URL confirms a subscription to this topic, and does nothing else. */
export function isConfirmationUrl(url: string, topicArn: string): boolean {
  if (url.length > MAX_CHARACTERS || !CONFIRMATION.test(url)) return false;
  const parameters = [...new URL(url).searchParams];
  const values = new Map(parameters);
  return (
    parameters.length === values.size &&
    values.get('Action') === 'ConfirmSubscription' &&
    values.get('TopicArn') === topicArn &&
    Boolean(values.get('Token'))
  );
}
