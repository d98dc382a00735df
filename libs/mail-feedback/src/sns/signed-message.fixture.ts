import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:usher-mail';
export const CERTIFICATE_URL =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem';
export const CONFIRMATION_URL = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37fb687f5d51e6e2425c464de5e3e1a4`;

const NEW_KEY = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
} as const;

/** A key and a certificate for it, in PEM, as SNS has them; made by openssl, valid for two days. */
export function newSigner(kind: keyof typeof NEW_KEY = 'rsa'): {
  key: string;
  certificate: string;
} {
  const directory = mkdtempSync(join(tmpdir(), 'usher-sns-'));
  const files = ['-keyout', 'key.pem', '-out', 'certificate.pem'];
  const subject = ['-nodes', '-days', '2', '-subj', '/CN=sns.amazonaws.com'];
  try {
    execFileSync('openssl', ['req', '-x509', ...NEW_KEY[kind], ...files, ...subject], {
      cwd: directory,
      stdio: 'pipe',
    });
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    return { key: read('key.pem'), certificate: read('certificate.pem') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The fields of a message before it is signed. */
export type SnsFields = Readonly<Record<string, string>>;

export const notification = (message: unknown): SnsFields => ({
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: TOPIC,
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: '2026-11-28T09:15:05.000Z',
});

export const confirmation = (
  type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation' = 'SubscriptionConfirmation',
): SnsFields => ({
  Type: type,
  MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
  Token: '2336412f37fb687f5d51e6e2425c464de5e3e1a4',
  TopicArn: TOPIC,
  Message: `You have chosen to subscribe to the topic ${TOPIC}.`,
  SubscribeURL: CONFIRMATION_URL,
  Timestamp: '2026-11-28T09:15:05.000Z',
});

/** The order is the alphabet's, and so is that of the documents of SNS. */
const SIGNED = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** The message as SNS posts it, signed with the key. */
export function signed(fields: SnsFields, key: string, version: '1' | '2' = '2'): SnsFields {
  const text = SIGNED.filter((name) => name in fields)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
  const signer = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(text);
  return {
    ...fields,
    SignatureVersion: version,
    Signature: signer.sign(key, 'base64'),
    SigningCertURL: CERTIFICATE_URL,
    UnsubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${TOPIC}:1`,
  };
}
