import { readSesEvent } from './ses-event.js';

const ID = 'aamqubqnaceyx54eddcq3kzmbhftcmdj5vlnpwwqxa';
const AT = '2026-11-28T09:15:04.123Z';
const at = new Date(AT);

const withTag = { tags: { 'ses:configuration-set': ['usher'], 'usher-mail-id': [ID] } };
const withHeader = {
  headersTruncated: false,
  headers: [
    { name: 'To', value: 'mike@example.com' },
    { name: 'X-Usher-Mail-Id', value: ID },
  ],
};

const read = (event: unknown) => readSesEvent(JSON.stringify(event));
const feedbackOf = (event: unknown) => {
  const post = read(event);
  return post.kind === 'feedback' ? post.feedback : post;
};

const recipient = {
  emailAddress: 'Mike@example.com',
  action: 'failed',
  status: '5.1.1',
  diagnosticCode: 'smtp; 550 5.1.1 unknown',
};

const bounce = (type: string, subType: string, changes: object = {}, mail: object = withTag) => ({
  eventType: 'Bounce',
  mail,
  bounce: {
    bounceType: type,
    bounceSubType: subType,
    bouncedRecipients: [{ ...recipient, ...changes }],
    timestamp: AT,
    feedbackId: '0102',
  },
});

describe('an event of Amazon SES', () => {
  it('says that a mail has bounced', () => {
    expect(feedbackOf(bounce('Permanent', 'General'))).toEqual([
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
    const delivery = { timestamp: AT, recipients: ['mike@example.com'], smtpResponse: '250 ok' };

    expect(feedbackOf({ eventType: 'Delivery', mail: withTag, delivery })).toEqual([
      { kind: 'delivered', id: ID, recipient: 'mike@example.com', at },
    ]);
  });

  it('says that somebody has complained', () => {
    const complaint = {
      complainedRecipients: [{ emailAddress: 'mike@example.com' }],
      complaintFeedbackType: 'abuse',
      timestamp: AT,
    };

    expect(feedbackOf({ eventType: 'Complaint', mail: withTag, complaint })).toEqual([
      { kind: 'complained', id: ID, recipient: 'mike@example.com', at },
    ]);
    expect(
      feedbackOf({
        eventType: 'Complaint',
        mail: withTag,
        complaint: { ...complaint, complaintFeedbackType: 'not-spam' },
      }),
    ).toEqual([]);
  });

  it('may be the notification of an identity, which has no tags', () => {
    const { eventType: notificationType, ...event } = bounce(
      'Permanent',
      'NoEmail',
      {},
      withHeader,
    );

    expect(feedbackOf({ notificationType, ...event })).toMatchObject([{ id: ID, bounce: 'hard' }]);
  });

  it.each([
    ['Permanent', 'General', '5.0.0', 'hard'],
    ['Permanent', 'General', undefined, 'hard'],
    ['Permanent', 'NoEmail', undefined, 'hard'],
    ['Permanent', 'NoEmail', '5.7.1', 'hard'],
    ['Permanent', 'General', '5.7.1', 'blocked'],
    ['Permanent', 'General', '4.4.7', 'soft'],
    ['Permanent', 'Suppressed', '5.1.1', 'hard'],
    ['Permanent', 'OnAccountSuppressionList', undefined, 'blocked'],
    ['Transient', 'MailboxFull', '5.2.2', 'soft'],
    ['Transient', 'MailboxFull', undefined, 'soft'],
    ['Transient', 'General', '4.4.7', 'soft'],
    ['Transient', 'General', undefined, 'blocked'],
    ['Transient', 'MessageTooLarge', '5.3.4', 'blocked'],
    ['Transient', 'ContentRejected', '5.6.1', 'blocked'],
    ['Undetermined', 'Undetermined', undefined, 'blocked'],
    ['constructor', 'prototype', undefined, 'blocked'],
  ])('%s, %s with %s is %s', (type, subType, status, expected) => {
    const event = bounce(type, subType, { status, diagnosticCode: undefined });

    expect(feedbackOf(event)).toMatchObject([{ bounce: expected }]);
  });

  it('is read in spite of fields that are null', () => {
    const event = bounce('Permanent', 'General', { status: null, diagnosticCode: null });

    expect(feedbackOf(event)).toEqual([
      { kind: 'bounced', id: ID, recipient: 'mike@example.com', at, bounce: 'hard' },
    ]);
  });

  it('without an id of our form is only counted', () => {
    for (const mail of [
      {},
      { tags: { other: ['a'] } },
      { tags: { 'usher-mail-id': ['forged'] } },
    ]) {
      expect(read(bounce('Permanent', 'General', {}, mail))).toEqual({
        kind: 'feedback',
        feedback: [],
        withoutId: 1,
      });
    }
  });

  it.each([
    ['another event', { eventType: 'Open', mail: withTag, open: {} }],
    ['a delay', { eventType: 'DeliveryDelay', mail: withTag, deliveryDelay: {} }],
    ['no event', {}],
    ['nothing', null],
    ['an event without its part', { eventType: 'Bounce', mail: withTag }],
    ['a moment that is none', { ...bounce('Permanent', 'General'), bounce: { timestamp: 'now' } }],
    ['an address that is none', bounce('Permanent', 'General', { emailAddress: 'mike' })],
  ])('is %s: no feedback', (_, event) => {
    expect(read(event)).toEqual({ kind: 'feedback', feedback: [], withoutId: 0 });
  });
});
