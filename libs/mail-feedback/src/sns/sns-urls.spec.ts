import { isCertificateUrl, isConfirmationUrl } from './sns-urls.js';
import { CERTIFICATE_URL, CONFIRMATION_URL, TOPIC } from './signed-message.fixture.js';

const NAME = 'SimpleNotificationService-0123456789abcdef.pem';

const topicIn = (partition: string, region: string) =>
  `arn:${partition}:sns:${region}:123456789012:mail-feedback`;

describe('a certificate of Amazon SNS', () => {
  it.each([
    [CERTIFICATE_URL, TOPIC],
    [`https://sns.us-gov-west-1.amazonaws.com/${NAME}`, topicIn('aws-us-gov', 'us-gov-west-1')],
    [`https://sns.cn-north-1.amazonaws.com.cn/${NAME}`, topicIn('aws-cn', 'cn-north-1')],
  ])('is at %s', (url, topic) => {
    expect(isCertificateUrl(url, topic)).toBe(true);
  });

  it.each([
    `http://sns.eu-west-1.amazonaws.com/${NAME}`,
    `HTTPS://sns.eu-west-1.amazonaws.com/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com:443/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com:8443/${NAME}`,
    `https://user@sns.eu-west-1.amazonaws.com/${NAME}`,
    `https://user:password@sns.eu-west-1.amazonaws.com/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com/${NAME}?a=b`,
    `https://sns.eu-west-1.amazonaws.com/${NAME}#a`,
    `https://sns.eu-west-1.amazonaws.com/a/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com/../${NAME}`,
    `https://sns.eu-west-1.amazonaws.com//${NAME}`,
    'https://sns.eu-west-1.amazonaws.com/other.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem.txt',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a/../../b.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a%2fb.pem',
    `https://sns.us-east-1.amazonaws.com/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com.cn/${NAME}`,
    `https://sns.s3-eu-west-1.amazonaws.com/${NAME}`,
    `https://sns.amazonaws.com/${NAME}`,
    `https://sns..amazonaws.com/${NAME}`,
    `https://sns.a.b.amazonaws.com/${NAME}`,
    `https://s3.eu-west-1.amazonaws.com/${NAME}`,
    `https://bucket.s3.eu-west-1.amazonaws.com/${NAME}`,
    `https://snsxeu-west-1.amazonaws.com/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com.example.com/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com.cn.example.com/${NAME}`,
    `https://sns.eu-west-1.amazonawsxcom/${NAME}`,
    `https://sns.example.com/.amazonaws.com/${NAME}`,
    `https://sns.example.com\\.amazonaws.com/${NAME}`,
    `https://example.com/https://sns.eu-west-1.amazonaws.com/${NAME}`,
    ` https://sns.eu-west-1.amazonaws.com/${NAME}`,
    `https://sns.eu-west-1.amazonaws.com/${NAME}\n`,
    `https://sns.eu-west-1.amazonaws.com\n/${NAME}`,
    `https://sns.\u212Au-west-1.amazonaws.com/${NAME}`,
    `file:///${NAME}`,
    '',
    'a'.repeat(1_000_000),
    `https://sns.${'a-'.repeat(500_000)}`,
  ])('is not at %j', (url) => {
    expect(isCertificateUrl(url, TOPIC)).toBe(false);
  });
});

describe('a subscription to our topic', () => {
  it.each([
    CONFIRMATION_URL,
    CONFIRMATION_URL.replaceAll(':sns:', '%3Asns%3A'),
    `${CONFIRMATION_URL}&AuthenticateOnUnsubscribe=true`,
  ])('is confirmed at %s', (url) => {
    expect(isConfirmationUrl(url, TOPIC)).toBe(true);
  });

  it.each([
    CONFIRMATION_URL.replace('amazonaws.com', 'amazonaws.com.cn'),
    CONFIRMATION_URL.replace('sns.eu-west-1', 'sns.us-east-1'),
    CONFIRMATION_URL.replace('https:', 'http:'),
    CONFIRMATION_URL.replace('.com/', '.com:443/'),
    CONFIRMATION_URL.replace('sns.eu', 'user@sns.eu'),
    CONFIRMATION_URL.replace('.com/', '.com.example.com/'),
    CONFIRMATION_URL.replace('.com/?', '.com/a?'),
    CONFIRMATION_URL.replace('.com/?', '.com?'),
    CONFIRMATION_URL.replace('ConfirmSubscription', 'DeleteTopic'),
    `${CONFIRMATION_URL}&Action=DeleteTopic`,
    CONFIRMATION_URL.replace('?', '?Action=DeleteTopic&'),
    CONFIRMATION_URL.replace(TOPIC, `${TOPIC}-2`),
    CONFIRMATION_URL.replace(/Token=.*/, 'Token='),
    CONFIRMATION_URL.replace(/&Token=.*/, ''),
    `${CONFIRMATION_URL}#a`,
    `${CONFIRMATION_URL} `,
    CERTIFICATE_URL,
    'https://sns.eu-west-1.amazonaws.com/?',
    '',
    `https://sns.eu-west-1.amazonaws.com/?${'a'.repeat(1_000_000)}`,
  ])('is not confirmed at %j', (url) => {
    expect(isConfirmationUrl(url, TOPIC)).toBe(false);
  });
});
