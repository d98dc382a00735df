import { randomUUID } from 'node:crypto';
import type { Delivery } from '#libs/messaging';
import { userEmailVerified, userProfileChanged, userRegistered } from '#libs/contracts';
import { createEvent } from '#libs/messaging';
import { KeepRecipientHandler } from '../../apps/email-worker/src/recipients/keep-recipient.handler.js';
import { Recipients } from '../../apps/email-worker/src/recipients/recipients.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const ADA = { displayName: 'Ada', locale: 'en', timeZone: 'Europe/Berlin' } as const;
const MOVED = { displayName: 'Ada L.', locale: 'zh-CN', timeZone: 'Asia/Tokyo' } as const;
const EMAIL = 'ada@example.com';

let db: TestDatabase;
let recipients: Recipients;

beforeAll(async () => {
  db = await createTestDatabase();
  recipients = new Recipients(db.database);
});

afterAll(() => db.drop());

const context = (userId: string) => ({ source: 'api', subject: userId, correlationId: 'test' });

const registered = (userId: string) =>
  createEvent(
    userRegistered,
    { userId, email: EMAIL, ...ADA, interests: [], interestsVersion: 1 },
    context(userId),
  );

const verified = (userId: string) =>
  createEvent(
    userEmailVerified,
    { userId, email: EMAIL, ...ADA, verifiedAt: '2026-03-01T12:00:00.000Z' },
    context(userId),
  );

const changed = (userId: string, profileVersion: number, tips = false) =>
  createEvent(
    userProfileChanged,
    { userId, ...(profileVersion > 2 ? MOVED : ADA), tips, profileVersion },
    context(userId),
  );

type Handled = Parameters<KeepRecipientHandler['handle']>[0];

/** Handles an event as the worker does, without its ledger. */
const handle = (event: Handled) =>
  new KeepRecipientHandler().handle(event, {
    effect: async (sql: string, parameters: readonly unknown[]) => {
      await db.database.query(`WITH delivery AS (SELECT 1) ${sql}`, parameters);
    },
  } as Delivery);

const rowOf = async (userId: string) => {
  const [row] = await db.database.query(
    `SELECT email, display_name, locale, time_zone, tips, verified_at IS NOT NULL AS verified, profile_version
       FROM email.recipients WHERE user_id = $1`,
    [userId],
  );
  return row;
};

/** Committed, and not handled yet. */
const inTheOutbox = (event: Handled) =>
  db.database.query(
    `INSERT INTO messaging.outbox (id, type, source, subject, occurred_at, correlation_id, data, expected_consumers)
     VALUES ($1, $2, $3, $4, $5, $6, $7, '{}')`,
    [
      event.id, event.type, event.source, event.subject, event.time, event.correlationid,
      JSON.stringify(event.data),
    ], // prettier-ignore
  );

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries())
    for (const rest of permutations(items.toSpliced(i, 1))) yield [item, ...rest];
}

describe('what is known of a person', () => {
  it('is the same in whatever order the events come, and when they come twice', async () => {
    const makers = [
      registered,
      verified,
      (userId: string) => changed(userId, 2),
      (userId: string) => changed(userId, 3),
    ];
    for (const order of permutations(makers)) {
      const userId = randomUUID();
      const events = order.map((make) => make(userId));
      for (const event of [...events, ...events.toReversed()]) await handle(event);
      expect(await rowOf(userId)).toEqual({
        email: EMAIL,
        display_name: MOVED.displayName,
        locale: MOVED.locale,
        time_zone: MOVED.timeZone,
        tips: false,
        verified: true,
        profile_version: 3,
      });
    }
  });

  it('is nothing as long as no event says what their address is', async () => {
    const userId = randomUUID();
    await handle(changed(userId, 2));
    await expect(recipients.find(userId)).resolves.toBeUndefined();
    await handle(registered(userId));
    await expect(recipients.find(userId)).resolves.toMatchObject({ email: EMAIL });
  });
});

describe('what was committed, and is still on its way to the worker', () => {
  it('counts: a verification', async () => {
    const userId = randomUUID();
    await handle(registered(userId));
    await expect(recipients.find(userId)).resolves.toMatchObject({ isVerified: false });
    await inTheOutbox(verified(userId));
    await expect(recipients.find(userId)).resolves.toMatchObject({ isVerified: true });
  });

  it('counts: tips that were switched off, and on again', async () => {
    const userId = randomUUID();
    await handle(registered(userId));
    await expect(recipients.find(userId)).resolves.toMatchObject({ wantsTips: true });
    await inTheOutbox(changed(userId, 2, false));
    await expect(recipients.find(userId)).resolves.toMatchObject({ wantsTips: false });
    await inTheOutbox(changed(userId, 10, true));
    await expect(recipients.find(userId)).resolves.toMatchObject({ wantsTips: true });
  });

  it('does not count once a later change has been handled', async () => {
    const userId = randomUUID();
    await inTheOutbox(changed(userId, 2, false));
    await handle(registered(userId));
    await handle(changed(userId, 3, true));
    await expect(recipients.find(userId)).resolves.toMatchObject({ wantsTips: true });
  });
});
