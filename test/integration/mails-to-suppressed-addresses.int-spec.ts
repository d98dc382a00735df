import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { randomUUID } from 'node:crypto';
import { Bounces } from '../../apps/email-worker/src/feedback/bounces.js';
import { MessageLog, type Beginning } from '../../apps/email-worker/src/message-log.js';
import { randomName } from '../support/random-name.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const DAY_MS = 86_400_000;
const CONSUMER = 'email-worker.send-welcome-email';

let test: TestDatabase;
let log: MessageLog;
let recipient: string;

beforeAll(async () => {
  test = await createTestDatabase();
  log = new MessageLog(test.database);
});

beforeEach(() => {
  recipient = `${randomName()}@example.com`;
});

afterAll(() => test.drop());

const begin = (isAskedFor: boolean): Promise<Beginning> => {
  const eventId = randomUUID();
  const mail = { messageId: `<${eventId}@example.com>`, consumer: CONSUMER, userId: randomUUID() };
  return log.begin({ eventId, template: 'a-mail' }, { ...mail, recipient, isAskedFor });
};

/** A mail goes out, and then feedback comes. */
async function feedback(say: (bounces: Bounces, mail: FeedbackMail) => Promise<void>) {
  const eventId = randomUUID();
  const mail = { eventId, consumer: CONSUMER, recipient };
  await log.begin(
    { eventId, template: 'a-mail' },
    { ...mail, messageId: `<${eventId}@example.com>`, userId: randomUUID(), isAskedFor: true },
  );
  await say(new Bounces(), mail);
}
interface FeedbackMail {
  readonly eventId: string;
  readonly consumer: string;
  readonly recipient: string;
}

const bounces = (bounce: 'hard' | 'soft') =>
  feedback((to, mail) =>
    test.database.transaction((transaction) => to.bounced(transaction, mail, { bounce })),
  );
const complains = () =>
  feedback((to, mail) =>
    test.database.transaction((transaction) => to.complained(transaction, mail)),
  );
const pass = (days: number) => advanceClock(usherMessaging, test.database, days * DAY_MS);
const rows = () =>
  test.database.query<{ reason: string }>(
    'SELECT reason FROM email.suppressions WHERE address = $1',
    [recipient],
  );

describe('after a complaint', () => {
  it('what nobody asked for is not sent any more, and what is asked for always is', async () => {
    await complains();
    await expect(begin(false)).resolves.toBe('suppressed');
    for (let nth = 0; nth < 2; nth++) await expect(begin(true)).resolves.toBe('first');
    await pass(365);
    await expect(begin(false)).resolves.toBe('suppressed');
  });
});

describe('after a hard bounce', () => {
  it('all mail goes out again when 30 days have passed', async () => {
    await bounces('hard');
    await pass(29.9);
    await expect(begin(false)).resolves.toBe('suppressed');
    await pass(0.2);
    await expect(begin(false)).resolves.toBe('first');
  });

  it('of mails that are asked for at the same moment one is tried', async () => {
    await bounces('hard');
    const beginnings = await Promise.all(Array.from({ length: 6 }, () => begin(true)));
    expect(beginnings.filter((beginning) => beginning === 'first')).toHaveLength(1);
    await pass(1);
    await expect(begin(true)).resolves.toBe('first');
    await expect(begin(true)).resolves.toBe('suppressed');
  });

  it('the address is forgotten once that has ended and another one bounces', async () => {
    await bounces('hard');
    const ended = recipient;
    await pass(31);
    recipient = `${randomName()}@example.com`;
    await bounces('hard');
    await expect(rows()).resolves.toEqual([{ reason: 'bounced' }]);
    recipient = ended;
    await expect(rows()).resolves.toEqual([]);
  });
});

describe('soft bounces', () => {
  it('of more than a week ago do not count', async () => {
    for (let nth = 0; nth < 4; nth++) await bounces('soft');
    await pass(7.1);
    await bounces('soft');
    await expect(rows()).resolves.toEqual([]);
    for (let nth = 0; nth < 4; nth++) await bounces('soft');
    await expect(rows()).resolves.toEqual([{ reason: 'bounced' }]);
  });
});

it('an operator’s reason holds back what is asked for, too', async () => {
  await test.database.query(
    `INSERT INTO email.suppressions (address, reason, since) VALUES ($1, 'asked by phone', messaging.now())`,
    [recipient],
  );
  await bounces('hard');
  await expect(begin(true)).resolves.toBe('suppressed');
});
