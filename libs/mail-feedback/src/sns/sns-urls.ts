const MAX_CHARACTERS = 2_000;
const CERTIFICATE = /^\/SimpleNotificationService-[a-zA-Z0-9]{1,100}\.pem$/;
const CONFIRMATION = /^\/\?[^#@\s\\]+$/;

/**
 * Whether a certificate of Amazon SNS may be fetched from here: HTTPS, the host of SNS in the region of our topic, the
 * name of a certificate, and no port, user, query or fragment
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
 */
export const isCertificateUrl = (url: string, topicArn: string): boolean =>
  CERTIFICATE.test(pathAtSns(url, topicArn) ?? '');

/** Whether fetching this URL confirms a subscription to this topic, and does nothing else. */
export function isConfirmationUrl(url: string, topicArn: string): boolean {
  if (!CONFIRMATION.test(pathAtSns(url, topicArn) ?? '')) return false;
  const parameters = [...new URL(url).searchParams];
  const values = new Map(parameters);
  return (
    parameters.length === values.size &&
    values.get('Action') === 'ConfirmSubscription' &&
    values.get('TopicArn') === topicArn &&
    Boolean(values.get('Token'))
  );
}

/** What follows the host of SNS in the region of the topic; undefined for any other host. */
function pathAtSns(url: string, topicArn: string): string | undefined {
  const [, partition, , region] = topicArn.split(':');
  const origin = `https://sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  const isThere = url.length <= MAX_CHARACTERS && url.startsWith(`${origin}/`);
  return isThere ? url.slice(origin.length) : undefined;
}
