import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { v7 as uuidv7 } from 'uuid';
import {
  claim,
  close,
  confirm,
  endHold,
  openCampaign,
  release,
  setCapacity,
  statuses,
} from '../support/campaigns.js';
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

describe('a claim', () => {
  it('holds a place, and waits once all are taken', async () => {
    const campaign = await openCampaign(test.database, { capacity: 2 });
    const moved = await claim(test.database, campaign, people(3));

    expect(
      moved.map(({ position, was, became, outcome }) => [position, was, became, outcome]),
    ).toEqual([
      ['1', null, 'held', 'claimed'],
      ['2', null, 'held', 'claimed'],
      ['3', null, 'waitlisted', 'claimed'],
    ]);
    expect(moved.map(({ expires_at }) => expires_at !== null)).toEqual([true, true, false]);
    await expect(countsOf(campaign)).resolves.toMatchObject({ held: 2, confirmed: 0 });
  });

  it('of a verified person is confirmed at once, also when it moves up', async () => {
    const campaign = await openCampaign(test.database);
    const [first, second] = people(2);
    const [held] = await claim(test.database, campaign, [first!]);
    await claim(test.database, campaign, [second!], true);
    await release(test.database, held!.claim, first!);

    await expect(statuses(test.database, campaign)).resolves.toEqual(['released', 'confirmed']);
  });

  it('is one for each person while it lives', async () => {
    const campaign = await openCampaign(test.database, { capacity: 5 });
    const [person] = people(1);
    const [first] = await claim(test.database, campaign, [person!]);
    const again = await claim(test.database, campaign, [person!]);

    expect(again).toMatchObject([{ claim: first!.claim, became: 'held', outcome: 'live' }]);
  });

  it('of a person who comes twice at once is one', async () => {
    const campaign = await openCampaign(test.database, { capacity: 5 });
    const [person] = people(1);

    await expect(claim(test.database, campaign, [person!, person!])).resolves.toHaveLength(1);
  });

  it('is refused after three', async () => {
    const campaign = await openCampaign(test.database);
    const [person] = people(1);
    for (let i = 0; i < 3; i++) {
      const [held] = await claim(test.database, campaign, [person!]);
      await release(test.database, held!.claim, person!);
    }

    await expect(claim(test.database, campaign, [person!])).resolves.toMatchObject([
      { claim: null, outcome: 'too_many_claims' },
    ]);
  });

  it.each([
    ['before it opens', { opensInMs: 60_000 }, 'campaign_not_open'],
    ['after it has closed', { opensInMs: -2_000, closesInMs: -1_000 }, 'campaign_closed'],
  ])('is refused %s', async (_, settings, outcome) => {
    const campaign = await openCampaign(test.database, settings);

    await expect(claim(test.database, campaign, people(1))).resolves.toMatchObject([{ outcome }]);
    await expect(statuses(test.database, campaign)).resolves.toEqual([]);
  });

  it('is refused where all is taken and nobody may wait', async () => {
    const campaign = await openCampaign(test.database, { capacity: 2, waitlist: false });
    const moved = await claim(test.database, campaign, people(3));

    expect(moved.map(({ outcome }) => outcome)).toEqual(['claimed', 'claimed', 'sold_out']);
    const [later] = await claim(test.database, campaign, people(1));
    expect(later).toMatchObject({ claim: null, outcome: 'sold_out' });
    const [{ last_position: last }] = (await test.database.query(
      'SELECT last_position FROM campaign.campaigns WHERE id = $1',
      [campaign],
    )) as [{ last_position: string }];
    expect(last).toBe('2');
  });

  it('of a campaign that does not exist is not answered', async () => {
    await expect(claim(test.database, 'no-such', people(1))).resolves.toEqual([]);
  });
});

describe('a hold', () => {
  it('ends when its time has passed, and not before', async () => {
    const campaign = await openCampaign(test.database, { holdMs: 60_000 });
    const [held] = await claim(test.database, campaign, people(2));

    await expect(endHold(test.database, held!.claim)).resolves.toMatchObject([
      { outcome: 'early' },
    ]);
    await pass(60_000);
    const moved = await endHold(test.database, held!.claim);
    expect(moved.map(({ was, became }) => [was, became])).toEqual([
      ['held', 'expired'],
      ['waitlisted', 'held'],
    ]);
    await expect(endHold(test.database, held!.claim)).resolves.toEqual([]);
  });

  it('is confirmed by an address that was verified in time, however late the news', async () => {
    const campaign = await openCampaign(test.database, { holdMs: 60_000 });
    const [person] = people(1);
    await claim(test.database, campaign, [person!]);
    await pass(70_000);
    await confirm(test.database, person!, 20_000);

    await expect(statuses(test.database, campaign)).resolves.toEqual(['confirmed']);
  });

  it('is not confirmed by an address that was verified later', async () => {
    const campaign = await openCampaign(test.database, { holdMs: 60_000 });
    const [person] = people(1);
    await claim(test.database, campaign, [person!]);
    await pass(70_000);
    await confirm(test.database, person!);

    await expect(statuses(test.database, campaign)).resolves.toEqual(['held']);
  });
});

describe('a claim that is given back', () => {
  it('lets the next one in, and is answered alike once more', async () => {
    const campaign = await openCampaign(test.database);
    const [first, second] = people(2);
    const [held] = await claim(test.database, campaign, [first!, second!]);
    const moved = await release(test.database, held!.claim, first!);

    expect(moved.map(({ became, outcome }) => [became, outcome])).toEqual([
      ['released', 'released'],
      ['held', null],
    ]);
    await expect(release(test.database, held!.claim, first!)).resolves.toMatchObject([
      { claim: held!.claim, outcome: 'released' },
    ]);
  });

  it('is not there for another person', async () => {
    const campaign = await openCampaign(test.database);
    const [held] = await claim(test.database, campaign, people(1));

    await expect(release(test.database, held!.claim, uuidv7())).resolves.toEqual([]);
  });

  it.each([
    [true, 'released'],
    [false, 'claim_not_releasable'],
  ])('after it was confirmed, where that is allowed: %s', async (releasable, outcome) => {
    const campaign = await openCampaign(test.database, { releasable });
    const [person] = people(1);
    const [confirmed] = await claim(test.database, campaign, [person!], true);

    await expect(release(test.database, confirmed!.claim, person!)).resolves.toMatchObject([
      { outcome },
    ]);
  });
});

describe('the capacity', () => {
  it('when raised lets those in who wait', async () => {
    const campaign = await openCampaign(test.database);
    await claim(test.database, campaign, people(4));
    await setCapacity(test.database, campaign, 3);

    await expect(statuses(test.database, campaign)).resolves.toEqual([
      'held',
      'held',
      'held',
      'waitlisted',
    ]);
  });

  it('when lowered takes no place away, and gives none until it is reached', async () => {
    const campaign = await openCampaign(test.database, { capacity: 3 });
    const three = people(3);
    const moved = await claim(test.database, campaign, three);
    await claim(test.database, campaign, people(1));
    await setCapacity(test.database, campaign, 1);
    await expect(countsOf(campaign)).resolves.toEqual({
      capacity: 1,
      ceiling: 3,
      held: 3,
      confirmed: 0,
    });

    for (const i of [0, 1]) await release(test.database, moved[i]!.claim, three[i]!);
    await expect(countsOf(campaign)).resolves.toEqual({
      capacity: 1,
      ceiling: 1,
      held: 1,
      confirmed: 0,
    });
    await release(test.database, moved[2]!.claim, three[2]!);
    await expect(statuses(test.database, campaign)).resolves.toEqual([
      'released',
      'released',
      'released',
      'held',
    ]);
  });
});

describe('the end of a campaign', () => {
  it('closes the waitlist in parts; holds run to their end, and nothing is offered', async () => {
    const campaign = await openCampaign(test.database, { closesInMs: 30_000, holdMs: 60_000 });
    const [held] = await claim(test.database, campaign, people(4));
    await expect(close(test.database, campaign)).resolves.toEqual([]);

    await pass(30_000);
    await expect(close(test.database, campaign, 2)).resolves.toHaveLength(2);
    await pass(30_000);
    await endHold(test.database, held!.claim);
    await expect(close(test.database, campaign, 2)).resolves.toHaveLength(1);
    await expect(statuses(test.database, campaign)).resolves.toEqual([
      'expired',
      'closed',
      'closed',
      'closed',
    ]);
  });
});

it('every change has a number without holes, in the order of what happened', async () => {
  const campaign = await openCampaign(test.database);
  const [held] = await claim(test.database, campaign, people(2));
  await pass(60_000);
  await endHold(test.database, held!.claim);
  await setCapacity(test.database, campaign, 2);
  const changes = await test.database.query<{
    no: number;
    was: string | null;
    became: string | null;
    cause: string;
  }>(
    'SELECT no::int, was, became, cause, capacity FROM campaign.changes WHERE campaign = $1 ORDER BY no',
    [campaign],
  );

  expect(changes.map(({ no, was, became, cause }) => [no, was, became, cause])).toEqual([
    [1, null, null, 'capacity'],
    [2, null, 'waitlisted', 'claim'],
    [3, null, 'waitlisted', 'claim'],
    [4, 'waitlisted', 'held', 'claim'],
    [5, 'held', 'expired', 'hold-ended'],
    [6, 'waitlisted', 'held', 'hold-ended'],
    [7, null, null, 'capacity'],
  ]);
});
