import { randomBytes, randomInt } from 'node:crypto';
import { readPostmarkPost } from './read-postmark-post.js';

const ID = 'aamqubqnaceyx54eddcq3kzmbhftcmdj5vlnpwwqxa';
const at = new Date('2026-11-28T14:15:04.273Z');
const Metadata = { 'usher-mail-id': ID };

const bounce = (changes: object = {}) => ({
  RecordType: 'Bounce',
  ID: 42,
  Type: 'HardBounce',
  TypeCode: 1,
  Name: 'Hard bounce',
  MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
  Description: 'The server was unable to deliver your message.',
  Details: 'smtp;550 5.1.1 unknown',
  Email: 'Mike@example.com',
  BouncedAt: '2026-11-28T09:15:04.2735393-05:00',
  Metadata,
  ...changes,
});

const read = (post: unknown) => readPostmarkPost(Buffer.from(JSON.stringify(post)));
const feedbackOf = (post: unknown) => {
  const result = read(post);
  return result.kind === 'feedback' ? result.feedback : result;
};

describe('a webhook of Postmark', () => {
  it('says that a mail has bounced', () => {
    expect(feedbackOf(bounce())).toEqual([
      {
        kind: 'bounced',
        id: ID,
        recipient: 'mike@example.com',
        at,
        bounce: 'hard',
        status: '5.1.1',
        diagnostic: '550 5.1.1 unknown',
      },
    ]);
  });

  it('says that a mail was delivered', () => {
    const post = {
      RecordType: 'Delivery',
      Recipient: 'mike@example.com',
      DeliveredAt: '2026-11-28T09:15:04.273-05:00',
      Details: 'smtp;250 ok',
      Metadata,
    };

    expect(feedbackOf(post)).toEqual([
      { kind: 'delivered', id: ID, recipient: 'mike@example.com', at },
    ]);
  });

  it('says that somebody has complained', () => {
    const complained = [{ kind: 'complained', id: ID, recipient: 'mike@example.com', at }];

    expect(feedbackOf(bounce({ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }))).toEqual(
      complained,
    );
    expect(feedbackOf(bounce({ Type: 'SpamComplaint' }))).toEqual(complained);
  });

  it.each([
    ['HardBounce', 'smtp;550 5.1.1 unknown', 'hard'],
    ['HardBounce', 'smtp;550 unknown', 'hard'],
    ['HardBounce', '', 'hard'],
    ['HardBounce', 'smtp;550 5.7.1 refused', 'blocked'],
    ['HardBounce', 'smtp;552 5.3.4 too large', 'blocked'],
    ['HardBounce', 'smtp;550 5.0.0 unknown', 'hard'],
    ['BadEmailAddress', null, 'hard'],
    ['SoftBounce', 'smtp;452 4.2.2 full', 'soft'],
    ['SoftBounce', 'smtp;552 5.2.2 full', 'soft'],
    ['SoftBounce', '', 'soft'],
    ['Transient', undefined, 'soft'],
    ['DnsError', undefined, 'soft'],
    ['Blocked', 'smtp;554 refused', 'blocked'],
    ['SpamNotification', undefined, 'blocked'],
    ['DMARCPolicy', undefined, 'blocked'],
    ['ManuallyDeactivated', undefined, 'blocked'],
    ['Unknown', undefined, 'blocked'],
    ['of the future', undefined, 'blocked'],
  ])('of type %s with %j is %s', (Type, Details, expected) => {
    expect(feedbackOf(bounce({ Type, Details }))).toMatchObject([{ bounce: expected }]);
  });

  it.each(['AutoResponder', 'AddressChange', 'ChallengeVerification', 'Subscribe', 'Unsubscribe'])(
    'of type %s is an answer to a mail that has arrived',
    (Type) => {
      expect(read(bounce({ Type }))).toEqual({ kind: 'feedback', feedback: [], withoutId: 0 });
    },
  );

  it('without an id of our form is only counted', () => {
    for (const metadata of [undefined, null, {}, { 'usher-mail-id': 'forged' }]) {
      expect(read(bounce({ Metadata: metadata }))).toEqual({
        kind: 'feedback',
        feedback: [],
        withoutId: 1,
      });
    }
  });

  it('about something else holds no feedback', () => {
    for (const RecordType of ['Open', 'Click', 'SubscriptionChange']) {
      expect(read({ RecordType })).toEqual({ kind: 'feedback', feedback: [], withoutId: 0 });
    }
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no record', '{}'],
    ['a bounce without an address', JSON.stringify(bounce({ Email: undefined }))],
    ['a bounce without a moment', JSON.stringify(bounce({ BouncedAt: 'now' }))],
    ['longer than 1 MiB', JSON.stringify(bounce({ Content: 'a'.repeat(1_048_576) }))],
    ['nested without an end', '['.repeat(1_000_000)],
  ])('is unreadable when it is %s', (_, body) => {
    expect(readPostmarkPost(Buffer.from(body))).toEqual({
      kind: 'unreadable',
      reason: 'it is no webhook of Postmark',
    });
  });

  it('is read when it holds the whole mail, up to 1 MiB', () => {
    expect(feedbackOf(bounce({ Content: 'a'.repeat(1_000_000) }))).toHaveLength(1);
  });

  it('of random bytes is unreadable, and reading it never fails', () => {
    for (let round = 0; round < 1_000; round++) {
      expect(readPostmarkPost(randomBytes(randomInt(500)))).toMatchObject({ kind: 'unreadable' });
    }
  });
});
