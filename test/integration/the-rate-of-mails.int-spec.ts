import { usherMessaging } from '#libs/contracts';
import { advanceClock, PostponedError } from '#libs/messaging';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EmailWorkerConfig } from '../../apps/email-worker/src/email-worker.config.js';
import { MailRate } from '../../apps/email-worker/src/rate/mail-rate.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** One mail in half a minute, and the distance that Usher keeps for that. */
const MAIL_RATE = { count: 1, perMs: 30_000 };
const DISTANCE_MS = 30_900;
/** It comes back so much before its slot. */
const EARLY_MS = 2_000;
/** Statements take time. */
const TOLERANCE_MS = 10_000;

let test: TestDatabase;
let rate: MailRate;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(async () => {
  test = await createTestDatabase();
  rate = new MailRate({ MAIL_RATE } as unknown as EmailWorkerConfig, test.database);
});

afterEach(() => test.drop());

/** A mail that a worker wants to send. */
class Mail {
  private readonly key = { eventId: randomUUID(), template: 'welcome' };

  constructor(private readonly isAskedFor = false) {}

  /** In how many distances it is to come again; 0 when it may go out. */
  async comesAgainIn(): Promise<number> {
    const details = {
      messageId: `<${this.key.eventId}@example.com>`,
      consumer: 'email-worker.send-welcome-email',
      recipient: 'mei@example.com',
      userId: randomUUID(),
      isAskedFor: this.isAskedFor,
    };
    try {
      await rate.wait(this.key, details, AbortSignal.timeout(10_000));
      return 0;
    } catch (error) {
      if (!(error instanceof PostponedError)) throw error;
      const [row] = await test.database.query<{ now: Date }>('SELECT messaging.now() AS now');
      const ms = error.until.getTime() + EARLY_MS - row!.now.getTime();
      return Math.round((ms + TOLERANCE_MS / 2) / DISTANCE_MS);
    }
  }
}

const pass = (distances: number) =>
  advanceClock(usherMessaging, test.database, distances * DISTANCE_MS);

describe('mails at a rate', () => {
  it('go out in the order in which they came', async () => {
    const [first, second, third] = [new Mail(), new Mail(), new Mail()];
    await expect(first.comesAgainIn()).resolves.toBe(0);
    await expect(second.comesAgainIn()).resolves.toBe(1);
    await expect(third.comesAgainIn()).resolves.toBe(2);
    await pass(1);
    await expect(second.comesAgainIn()).resolves.toBe(0);
    await expect(third.comesAgainIn()).resolves.toBe(1);
    await pass(1);
    await expect(third.comesAgainIn()).resolves.toBe(0);
  });

  it('keep their slots when they come before their time', async () => {
    const [first, second, third] = [new Mail(), new Mail(), new Mail()];
    await first.comesAgainIn();
    await second.comesAgainIn();
    await third.comesAgainIn();
    for (let times = 0; times < 3; times++) await expect(second.comesAgainIn()).resolves.toBe(1);
    await expect(third.comesAgainIn()).resolves.toBe(2);
    await expect(new Mail().comesAgainIn()).resolves.toBe(3);
  });

  it('let one in front that a person has just asked for, and are put off by it', async () => {
    const backlog = Array.from({ length: 5 }, () => new Mail());
    for (const [nth, mail] of backlog.entries())
      await expect(mail.comesAgainIn()).resolves.toBe(nth);
    const askedFor = new Mail(true);
    await expect(askedFor.comesAgainIn()).resolves.toBe(1);
    await pass(1);
    await expect(askedFor.comesAgainIn()).resolves.toBe(0);
    await expect(backlog[1]!.comesAgainIn()).resolves.toBe(1);
    await expect(backlog[4]!.comesAgainIn()).resolves.toBe(4);
    await expect(new Mail().comesAgainIn()).resolves.toBe(5);
  });

  it('keep their order over a pause', async () => {
    const backlog = Array.from({ length: 4 }, () => new Mail());
    for (const mail of backlog) await mail.comesAgainIn();
    await rate.slowDown('450 4.7.1 too many');
    // 30 s are about one distance.
    await expect(backlog[1]!.comesAgainIn()).resolves.toBe(2);
    await expect(backlog[3]!.comesAgainIn()).resolves.toBe(4);
    await expect(new Mail().comesAgainIn()).resolves.toBe(5);
    await pass(2);
    await expect(backlog[1]!.comesAgainIn()).resolves.toBe(0);
    await expect(backlog[2]!.comesAgainIn()).resolves.toBe(1);
  });
});
