import { verify, X509Certificate } from 'node:crypto';
import type { SnsMessage } from './sns-message.js';

/** By `SignatureVersion`. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
]);

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const CONFIRMATION = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const;

/**
 * What Amazon SNS signs: name and value of each field on a line of its own, in this order; the subject only
 * if there is one (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
 */
export function stringToSign(message: SnsMessage): string {
  const fields: Readonly<Record<string, string | null | undefined>> = message;
  return (message.Type === 'Notification' ? NOTIFICATION : CONFIRMATION)
    .filter((name) => typeof fields[name] === 'string')
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
}

/** A certificate that can verify signatures of RSA, or undefined. */
export function readCertificate(pem: string | Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.publicKey.asymmetricKeyType === 'rsa' ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the message was signed with the key of a certificate that is valid now. */
export function isSigned(message: SnsMessage, certificate: X509Certificate, now: Date): boolean {
  const algorithm = ALGORITHMS.get(message.SignatureVersion);
  if (!algorithm || !isValid(certificate, now)) return false;
  try {
    return verify(
      algorithm,
      Buffer.from(stringToSign(message)),
      certificate.publicKey,
      Buffer.from(message.Signature, 'base64'),
    );
  } catch {
    // This build of OpenSSL does not verify such signatures, SHA-1 for one.
    return false;
  }
}

const isValid = ({ validFrom, validTo }: X509Certificate, now: Date): boolean =>
  Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
