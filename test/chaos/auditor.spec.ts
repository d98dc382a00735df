import {
  computeRecommendations,
  deliverGettingStartedGuide,
  sendWelcomeEmail,
} from '#libs/contracts';
import { audit } from './auditor.js';
import type { Evidence } from './evidence.js';

const EMAIL = sendWelcomeEmail.consumer;
const RECOMMENDATIONS = computeRecommendations.consumer;
const GUIDE = deliverGettingStartedGuide.consumer;

const delivery = (consumer: string, event: string, status = 'done') => ({
  consumer,
  event,
  status,
});
const witness = (
  effect: 'notification' | 'list' | 'mail' | 'ledger',
  about: string,
  count = 1,
) => ({
  effect,
  about,
  count,
});

const deliveries = [
  delivery(EMAIL, 'e1'),
  delivery(RECOMMENDATIONS, 'e1'),
  delivery(GUIDE, 'e1'),
  delivery(RECOMMENDATIONS, 'e2'),
  delivery(GUIDE, 'e2'),
];
const witnessed = [
  witness('notification', 'e1'),
  witness('notification', 'e2'),
  witness('list', 'ada'),
  witness('list', 'bob'),
  witness('mail', 'e1'),
  ...deliveries.map(({ consumer, event }) => witness('ledger', `${consumer} ${event}`)),
];

/** Ada's sign-up went well; Bob's address is refused by the mail server. */
const database: Evidence['database'] = {
  users: [
    { id: 'ada', email: 'ada@example.com', event: 'e1' },
    { id: 'bob', email: 'bob@example.com', event: 'e2' },
  ],
  events: [
    { id: 'e1', published: true, resends: 0 },
    { id: 'e2', published: true, resends: 0 },
  ],
  deliveries: [...deliveries, delivery(EMAIL, 'e2', 'failed')],
  notifications: { ada: 1, bob: 1 },
  lists: { ada: 1, bob: 1 },
  messages: [{ event: 'e1', message_id: '<e1>', possible_duplicates: 0 }],
  witnessed,
};
const accepted = (userId: string) => ({
  email: `${userId}@example.com`,
  userId,
  answerMs: 1,
  acceptedAfterMs: 1,
  tries: 1,
});
const sound: Evidence = {
  accepted: [accepted('ada'), accepted('bob')],
  wrongAnswers: {},
  unexpectedExits: [],
  isRefused: (address) => address.startsWith('bob@'),
  mails: [{ to: 'ada@example.com', messageId: '<e1>' }],
  database,
  broker: {
    left: { [EMAIL]: 0 },
    deadLetters: [{ queue: EMAIL, event: 'e2', reason: 'permanent' }],
  },
};
const auditOf = (change: Partial<Evidence>) => audit({ ...sound, ...change });
const auditOfDatabase = (change: Partial<Evidence['database']>) =>
  auditOf({ database: { ...database, ...change } });
const witnessing = (...[effect, about, count]: Parameters<typeof witness>) => {
  const others = witnessed.filter((one) => one.effect !== effect || one.about !== about);
  return auditOfDatabase({ witnessed: [...others, witness(effect, about, count)] });
};
const mailed = (copies: number, possibleDuplicates: number) =>
  audit({
    ...sound,
    mails: Array.from({ length: copies }, () => sound.mails[0]!),
    database: {
      ...database,
      messages: [{ event: 'e1', message_id: '<e1>', possible_duplicates: possibleDuplicates }],
    },
  });

describe('the auditor', () => {
  it('passes a run in which everything happened once', () => {
    expect(audit(sound)).toMatchObject({
      accepted: 2,
      users: 2,
      events: 2,
      done: { [EMAIL]: 1, [RECOMMENDATIONS]: 2, [GUIDE]: 2 },
      lost: 0,
      failedAsExpected: 1,
      deadLetters: { permanent: 1 },
      problems: [],
    });
  });

  it('misses an account that the client was promised', () => {
    expect(auditOf({ accepted: [accepted('eve')] })).toMatchObject({ lost: 1 });
  });

  it('misses an event', () => {
    expect(auditOfDatabase({ events: database.events.slice(1) })).toMatchObject({ lost: 1 });
  });

  it('misses an effect, whatever the ledger says', () => {
    expect(auditOfDatabase({ notifications: { bob: 1 } })).toMatchObject({ lost: 1 });
    expect(auditOfDatabase({ lists: { bob: 1 } })).toMatchObject({ lost: 1 });
    expect(auditOf({ mails: [] })).toMatchObject({ lost: 1, problems: [expect.any(String)] });
  });

  it('misses the follow-ups of an account that nobody was told of', () => {
    const change = { notifications: { bob: 1 } };
    const orphan = audit({ ...sound, accepted: [], database: { ...database, ...change } });
    expect(orphan.lost).toBe(1);
  });

  it('misses an outcome', () => {
    const others = database.deliveries.slice(1);
    expect(auditOfDatabase({ deliveries: others })).toMatchObject({ unsettled: 1 });
    const retrying = [...others, delivery(EMAIL, 'e1', 'retrying')];
    expect(auditOfDatabase({ deliveries: retrying })).toMatchObject({ unsettled: 1 });
  });

  it('sees an effect that a constraint has folded into one row', () => {
    expect(witnessing('list', 'ada', 2)).toMatchObject({ duplicateEffects: 1 });
    expect(witnessing('ledger', `${GUIDE} e1`, 3)).toMatchObject({ duplicateEffects: 2 });
    expect(auditOfDatabase({ notifications: { ada: 2, bob: 1 } }).problems).toHaveLength(1);
  });

  it('allows as many copies of a mail as its own log admits, and not one more', () => {
    expect(mailed(2, 1)).toMatchObject({ actualDuplicateMails: 1, problems: [] });
    expect(mailed(2, 0)).toMatchObject({ actualDuplicateMails: 1, problems: [expect.any(String)] });
    expect(mailed(3, 1)).toMatchObject({ actualDuplicateMails: 2, problems: [expect.any(String)] });
  });

  it('sees a mail that is said to be sent more often than it was begun', () => {
    expect(witnessing('mail', 'e1', 2)).toMatchObject({ duplicateEffects: 1 });
  });

  it('trusts no witness who has missed an effect', () => {
    for (const missed of witnessed.filter(({ effect }) => effect !== 'mail')) {
      const others = witnessed.filter((one) => one !== missed);
      expect(auditOfDatabase({ witnessed: others }).problems).toHaveLength(1);
    }
  });

  it('expects no other failure and no other dead letter', () => {
    const letter = (queue: string, event: string, reason: string) =>
      auditOf({ broker: { left: {}, deadLetters: [{ queue, event, reason }] } }).problems.length;
    expect(letter(EMAIL, 'e2', 'permanent')).toBe(0);
    expect(letter(EMAIL, 'e2', 'exhausted')).toBe(1);
    expect(letter(EMAIL, 'e1', 'permanent')).toBe(1);
    expect(letter(GUIDE, 'e2', 'permanent')).toBe(1);
    const failed = [
      ...database.deliveries.filter((row) => row.consumer !== GUIDE || row.event !== 'e2'),
      delivery(GUIDE, 'e2', 'failed'),
    ];
    expect(auditOfDatabase({ deliveries: failed })).toMatchObject({
      failedAsExpected: 1,
      problems: [expect.stringContaining(GUIDE)],
    });
  });

  it('expects no answer but 201 and 503, and no process that ends by itself', () => {
    expect(auditOf({ wrongAnswers: { '409 email_taken': 1 } }).problems).toHaveLength(1);
    expect(auditOf({ unexpectedExits: ['api-1 ended'] }).problems).toHaveLength(1);
  });
});
