import { jest } from '@jest/globals';
import { randomBytes, randomInt, X509Certificate } from 'node:crypto';
import { readSnsPost } from './read-sns-post.js';
import type { SnsMessage } from './sns-message.js';
import { isSigned } from './sns-signature.js';
import {
  CERTIFICATE_URL,
  confirmation,
  CONFIRMATION_URL,
  newSigner,
  notification,
  signed,
  TOPIC,
  type SnsFields,
} from './signed-message.fixture.js';

const sns = newSigner();
const stranger = newSigner();

const ID = 'aamqubqnaceyx54eddcq3kzmbhftcmdj5vlnpwwqxa';
const event = {
  eventType: 'Delivery',
  mail: { tags: { 'usher-mail-id': [ID] } },
  delivery: { recipients: ['mike@example.com'], timestamp: '2026-11-28T09:15:04.000Z' },
};
const FEEDBACK = {
  kind: 'feedback',
  feedback: [
    {
      kind: 'delivered',
      id: ID,
      recipient: 'mike@example.com',
      at: new Date('2026-11-28T09:15:04Z'),
    },
  ],
  withoutId: 0,
};

const fetchCertificate = jest.fn(async (_url: string): Promise<string | Buffer> => sns.certificate);
const read = (message: unknown) =>
  readSnsPost(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), {
    topicArn: TOPIC,
    fetchCertificate,
  });

beforeEach(() => fetchCertificate.mockClear());

describe('a message of our topic', () => {
  it.each(['1', '2'] as const)(
    'is read when its signature of version %s is right',
    async (version) => {
      expect(await read(signed(notification(event), sns.key, version))).toEqual(FEEDBACK);
      expect(fetchCertificate.mock.calls).toEqual([[CERTIFICATE_URL]]);
    },
  );

  it('may have a subject, which is signed too', async () => {
    const message = signed({ ...notification(event), Subject: 'Amazon SES' }, sns.key);

    expect(await read(message)).toEqual(FEEDBACK);
    expect(await read({ ...message, Subject: 'another' })).toMatchObject({ kind: 'unauthorized' });
    expect(await read({ ...message, Subject: undefined })).toMatchObject({ kind: 'unauthorized' });
    expect(await read({ ...signed(notification(event), sns.key), Subject: null })).toEqual(
      FEEDBACK,
    );
  });

  it('asks for a subscription with a URL that confirms it', async () => {
    expect(await read(signed(confirmation(), sns.key))).toEqual({
      kind: 'subscription',
      confirmationUrl: CONFIRMATION_URL,
    });
  });

  it('says that a subscription has ended', async () => {
    expect(await read(signed(confirmation('UnsubscribeConfirmation'), sns.key))).toEqual({
      kind: 'unsubscribed',
      confirmationUrl: CONFIRMATION_URL,
    });
  });

  it('holds no feedback when it is no event', async () => {
    const text = 'Successfully validated SNS topic for Amazon SES event publishing.';

    expect(await read(signed(notification(text), sns.key))).toEqual({
      kind: 'feedback',
      feedback: [],
      withoutId: 0,
    });
  });
});

describe('nothing is fetched', () => {
  afterEach(() => expect(fetchCertificate).not.toHaveBeenCalled());

  it('for another topic, though SNS has signed it', async () => {
    for (const TopicArn of [`${TOPIC}-2`, TOPIC.toUpperCase(), '', ` ${TOPIC}`]) {
      const message = signed({ ...notification(event), TopicArn }, sns.key);
      expect(await read(message)).toEqual({
        kind: 'unauthorized',
        reason: 'it comes from another topic',
      });
    }
  });

  it.each([
    CERTIFICATE_URL.replace('https:', 'http:'),
    CERTIFICATE_URL.replace('amazonaws.com', 'example.com'),
    CERTIFICATE_URL.replace('amazonaws.com', 'amazonaws.com@example.com'),
    `${CERTIFICATE_URL}?a=b`,
    'https://169.254.169.254/latest/meta-data/SimpleNotificationService-a.pem',
    'file:///etc/SimpleNotificationService-a.pem',
  ])('from %s', async (SigningCertURL) => {
    expect(await read({ ...signed(notification(event), sns.key), SigningCertURL })).toEqual({
      kind: 'unauthorized',
      reason: 'its certificate is not of Amazon SNS',
    });
  });

  it.each(['0', '3', '', '1 ', 'constructor'])('for signature version %j', async (version) => {
    const message = { ...signed(notification(event), sns.key), SignatureVersion: version };
    expect(await read(message)).toMatchObject({ kind: 'unauthorized' });
  });

  it('for a subscription whose URL does something else', async () => {
    for (const SubscribeURL of [
      CONFIRMATION_URL.replace('amazonaws.com', 'example.com'),
      CONFIRMATION_URL.replace('ConfirmSubscription', 'DeleteTopic'),
      CONFIRMATION_URL.replace(TOPIC, `${TOPIC}-2`),
    ]) {
      const message = signed({ ...confirmation(), SubscribeURL }, sns.key);
      expect(await read(message)).toMatchObject({ kind: 'unauthorized' });
    }
  });

  it('for what is unreadable', async () => {
    const good = signed(notification(event), sns.key);
    for (const body of [
      '',
      'null',
      '[]',
      '{}',
      '42',
      '"Notification"',
      '{',
      JSON.stringify({ ...good, Type: 'Other' }),
      JSON.stringify({ ...good, Message: { an: 'object' } }),
      JSON.stringify({ ...good, TopicArn: [TOPIC] }),
      JSON.stringify({ ...good, Signature: undefined }),
      JSON.stringify(event),
      '['.repeat(1_000_000),
      `{"a":`.repeat(200_000),
    ]) {
      expect(await read(body)).toEqual({
        kind: 'unreadable',
        reason: 'it is no message of Amazon SNS',
      });
    }
  });

  it('for what is longer than 1 MiB', async () => {
    const padded = (bytes: number) => {
      const fields = notification('');
      const rest = JSON.stringify({
        ...fields,
        SignatureVersion: '9',
        Signature: '',
        SigningCertURL: '',
      }).length;
      return {
        ...fields,
        Message: 'a'.repeat(bytes - rest),
        SignatureVersion: '9',
        Signature: '',
        SigningCertURL: '',
      };
    };
    expect(await read(padded(1_048_576))).toMatchObject({ kind: 'unauthorized' });
    expect(await read(padded(1_048_577))).toMatchObject({ kind: 'unreadable' });
  });

  it('for random bytes, and reading them never fails', async () => {
    for (let round = 0; round < 500; round++) {
      const body = randomBytes(randomInt(1_000));
      const options = { topicArn: TOPIC, fetchCertificate };
      expect(await readSnsPost(body, options)).toMatchObject({ kind: 'unreadable' });
    }
  });
});

describe('a forged message is worthless', () => {
  const WRONG = { kind: 'unauthorized', reason: 'the signature is wrong' };

  it('when a stranger signed it', async () => {
    expect(await read(signed(notification(event), stranger.key))).toEqual(WRONG);
    expect(await read(signed(confirmation(), stranger.key))).toEqual(WRONG);
  });

  it.each(['Message', 'MessageId', 'Timestamp'])('when its %s was altered', async (name) => {
    const message = signed(notification(event), sns.key);
    expect(await read({ ...message, [name]: `${message[name]} ` })).toEqual(WRONG);
  });

  it('when its token or the kind of message was altered', async () => {
    const message = signed(confirmation(), sns.key);
    expect(await read({ ...message, Token: 'another' })).toEqual(WRONG);
    expect(await read({ ...message, Type: 'UnsubscribeConfirmation' })).toEqual(WRONG);
    expect(await read({ ...message, Type: 'Notification' })).toEqual(WRONG);
  });

  it('when its signature is of the other version, empty or nonsense', async () => {
    const message = signed(notification(event), sns.key, '2');
    expect(await read({ ...message, SignatureVersion: '1' })).toEqual(WRONG);
    expect(await read({ ...message, Signature: '' })).toEqual(WRONG);
    expect(await read({ ...message, Signature: '%%%' })).toEqual(WRONG);
  });

  it('when lines were moved from one field to another', async () => {
    const Message = `${JSON.stringify(event)}\nMessageId\n1`;
    const message = signed({ ...notification(Message), MessageId: '2' }, sns.key);
    const moved = { ...message, Message: JSON.stringify(event), MessageId: '1\nMessageId\n2' };

    expect(await read(message)).toMatchObject({ kind: 'feedback', feedback: [] });
    expect(await read(moved)).toMatchObject({ kind: 'unreadable' });
  });

  it('when any one character of the signature was altered', async () => {
    const message = signed(notification(event), sns.key);
    const signature = Buffer.from(message.Signature!, 'base64');
    for (let index = 0; index < signature.length; index += 7) {
      const altered = Buffer.from(signature);
      altered[index]! ^= 1 << randomInt(8);
      expect(await read({ ...message, Signature: altered.toString('base64') })).toEqual(WRONG);
    }
  });
});

describe('without a certificate nothing is decided', () => {
  const UNAVAILABLE = { kind: 'certificate-unavailable' };
  const message: SnsFields = signed(notification(event), sns.key);

  it('when it cannot be fetched', async () => {
    fetchCertificate.mockRejectedValueOnce(new Error('no answer within 5 s'));
    expect(await read(message)).toEqual({
      kind: 'certificate-unavailable',
      reason: `${CERTIFICATE_URL} cannot be fetched: no answer within 5 s`,
    });
    fetchCertificate.mockImplementationOnce(() => {
      throw new Error('at once');
    });
    expect(await read(message)).toMatchObject(UNAVAILABLE);
  });

  it.each(['', 'Not found', sns.certificate.slice(0, 500), sns.key])(
    'when something else came: %j',
    async (answer) => {
      fetchCertificate.mockResolvedValueOnce(answer);
      expect(await read(message)).toMatchObject(UNAVAILABLE);
    },
  );

  it('when it is of a key that SNS does not sign with', async () => {
    fetchCertificate.mockResolvedValueOnce(newSigner('ec').certificate);
    expect(await read(message)).toMatchObject(UNAVAILABLE);
  });

  it('when it came as bytes it is as good', async () => {
    fetchCertificate.mockResolvedValueOnce(Buffer.from(sns.certificate));
    expect(await read(message)).toEqual(FEEDBACK);
  });
});

it('a certificate that has expired, or is not yet valid, proves nothing', () => {
  const message = signed(notification(event), sns.key) as unknown as SnsMessage;
  const certificate = new X509Certificate(sns.certificate);
  const isSignedIn = (days: number) =>
    isSigned(message, certificate, new Date(Date.now() + days * 86_400_000));

  expect([0, 1.9, 2.1, -0.1].map(isSignedIn)).toEqual([true, true, false, false]);
});
