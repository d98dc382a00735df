import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { v7 as uuidv7 } from 'uuid';
import { claim, endHold, openCampaign, pay, statuses } from '../support/campaigns.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const people = (count: number) => Array.from({ length: count }, () => uuidv7());
const pass = (ms: number) => advanceClock(usherMessaging, test.database, ms);
const countsOf = async (campaign: string) => {
  const [counts] = await test.database.query(
    'SELECT capacity, ceiling, held, confirmed FROM campaign.campaigns WHERE id = $1',
    [campaign],
  );
  return counts;
};

describe('a payment', () => {
  const paying = { confirmBy: 'payment', holdMs: 60_000 } as const;

  it('confirms what is held; repeated it changes nothing', async () => {
    const campaign = await openCampaign(test.database, paying);
    const [held] = await claim(test.database, campaign, people(1), true);
    expect(held!.became).toBe('held');
    const reference = uuidv7();

    for (let i = 0; i < 2; i++) {
      await expect(pay(test.database, held!.claim, reference)).resolves.toMatchObject([
        { became: 'confirmed', outcome: 'confirmed' },
      ]);
    }
    await expect(countsOf(campaign)).resolves.toMatchObject({ held: 0, confirmed: 1 });
  });

  it('confirms what has just expired while nobody has the place', async () => {
    const campaign = await openCampaign(test.database, paying);
    const [held] = await claim(test.database, campaign, people(1));
    await pass(60_000);
    await endHold(test.database, held!.claim);

    await expect(pay(test.database, held!.claim, uuidv7())).resolves.toMatchObject([
      { was: 'expired', became: 'confirmed', outcome: 'late_confirmed' },
    ]);
  });

  it('is late, and confirms, while the hold has not been ended yet', async () => {
    const campaign = await openCampaign(test.database, paying);
    const [held] = await claim(test.database, campaign, people(2));
    await pass(60_000);

    await expect(pay(test.database, held!.claim, uuidv7())).resolves.toMatchObject([
      { became: 'confirmed', outcome: 'late_confirmed' },
    ]);
  });

  it('is due back where the place has gone to another', async () => {
    const campaign = await openCampaign(test.database, paying);
    const [held] = await claim(test.database, campaign, people(2));
    await pass(60_000);
    await endHold(test.database, held!.claim);
    const reference = uuidv7();

    await expect(pay(test.database, held!.claim, reference)).resolves.toMatchObject([
      { became: 'expired', outcome: 'refund_due_now' },
    ]);
    await expect(pay(test.database, held!.claim, reference)).resolves.toMatchObject([
      { outcome: 'refund_due' },
    ]);
    await expect(statuses(test.database, campaign)).resolves.toEqual(['expired', 'held']);
  });

  it('is due back for a claim that was paid, that does not exist, or that needs none', async () => {
    const campaign = await openCampaign(test.database, paying);
    const [held] = await claim(test.database, campaign, people(1));
    await pay(test.database, held!.claim, uuidv7());
    const free = await openCampaign(test.database);
    const [other] = await claim(test.database, free, people(1));

    for (const id of [held!.claim, uuidv7(), other!.claim]) {
      await expect(pay(test.database, id, uuidv7())).resolves.toMatchObject([
        { outcome: 'refund_due_now' },
      ]);
    }
  });

  it('for another claim conflicts', async () => {
    const campaign = await openCampaign(test.database, { ...paying, capacity: 2 });
    const [first, second] = await claim(test.database, campaign, people(2));
    const reference = uuidv7();
    await pay(test.database, first!.claim, reference);

    await expect(pay(test.database, second!.claim, reference)).resolves.toMatchObject([
      { became: 'held', outcome: 'payment_conflict' },
    ]);
  });
});
