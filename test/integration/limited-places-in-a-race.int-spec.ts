import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { auditCampaigns } from '../../tools/usher-cli/src/campaigns/audit.js';
import {
  claim,
  confirm,
  endHold,
  openCampaign,
  pay,
  release,
  setCapacity,
  type CampaignSettings,
  type Moved,
} from '../support/campaigns.js';
import { SeededRandom } from '../support/seeded-random.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** Of each kind. */
const RACES = 2_500;
/** Races in one campaign. */
const PLACES = 50;
const HOLD_MS = 60_000;
const HEAD_START_MS = 3;

let test: TestDatabase;
const random = new SeededRandom(20261130);

beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(() => test.drop());

interface Race {
  readonly settings?: Partial<CampaignSettings>;
  /** Whether the time of the holds has passed when it begins. */
  readonly afterTheHold: boolean;
  /** Two things at the same moment about the nth place, and how to tell who came first. */
  readonly between: (race: {
    readonly campaign: string;
    readonly nth: number;
    readonly held: Moved;
  }) => readonly [() => Promise<Moved[]>, () => Promise<Moved[]>];
  readonly outcome: (first: Moved[], second: Moved[], held: Moved) => string;
}

const RACES_BETWEEN: Readonly<Record<string, Race>> = {
  'a confirmation and the end of the hold': {
    afterTheHold: true,
    between: ({ held }) => [
      () => confirm(test.database, held.user_id, 1_000),
      () => endHold(test.database, held.claim),
    ],
    outcome: (confirmed) => (confirmed.length > 0 ? 'confirmed' : 'expired'),
  },
  'a claim that is given back and a new one': {
    afterTheHold: false,
    between: ({ campaign, held }) => [
      () => release(test.database, held.claim, held.user_id),
      () => claim(test.database, campaign, [uuidv7()]),
    ],
    outcome: (_, claimed) => claimed[0]!.became,
  },
  'a payment and the end of the hold': {
    settings: { confirmBy: 'payment' },
    afterTheHold: true,
    between: ({ held }) => [
      () => pay(test.database, held.claim, uuidv7()),
      () => endHold(test.database, held.claim),
    ],
    outcome: (paid, _, held) => paid.find((moved) => moved.claim === held.claim)!.outcome!,
  },
  'more places and the end of the hold': {
    afterTheHold: true,
    between: ({ campaign, nth, held }) => [
      () => setCapacity(test.database, campaign, PLACES + nth + 1),
      () => endHold(test.database, held.claim),
    ],
    // The lower position moves up for what came first.
    outcome: (raised, ended) => {
      const offered = (moved: Moved[]) =>
        Number(moved.find(({ was }) => was === 'waitlisted')?.position);
      return offered(raised) < offered(ended) ? 'raised first' : 'ended first';
    },
  },
};

/** So many races of a kind: how often each outcome was seen, and what the audit says at the end. */
async function run({ settings, afterTheHold, between, outcome }: Race, races: number) {
  const outcomes: Record<string, number> = {};
  for (let done = 0; done < races; done += PLACES) {
    const campaign = await openCampaign(test.database, {
      capacity: PLACES,
      holdMs: HOLD_MS,
      ...settings,
    });
    const people = Array.from({ length: settings?.confirmBy ? 2 * PLACES : 3 * PLACES }, () =>
      uuidv7(),
    );
    const isWaitedFor = afterTheHold;
    const moved = await claim(
      test.database,
      campaign,
      isWaitedFor ? people : people.slice(0, PLACES),
    );
    if (afterTheHold) await advanceClock(usherMessaging, test.database, HOLD_MS);
    const places = moved.filter(({ became }) => became === 'held');
    for (const [nth, held] of places.entries()) {
      const [one, other] = between({ campaign, nth, held });
      const isOtherFirst = random.next() < 0.5;
      const early = isOtherFirst ? other() : one();
      // One of them may have more to do before it comes to the lock.
      await sleep(random.next() * HEAD_START_MS);
      const late = isOtherFirst ? one() : other();
      const [first, second] = isOtherFirst ? [await late, await early] : [await early, await late];
      const seen = outcome(first, second, held);
      outcomes[seen] = (outcomes[seen] ?? 0) + 1;
    }
  }
  return { outcomes, audit: await auditCampaigns(test.database) };
}

/** Without the lock each statement sees what was there when it began. */
const UNLOCKED = `CREATE OR REPLACE FUNCTION campaign.lock(of_campaign text) RETURNS campaign.campaigns
  LANGUAGE sql AS $$ SELECT * FROM campaign.campaigns WHERE id = of_campaign $$;
  -- The first thing that this one does is an UPDATE of the row, which is a lock as well. So it reads before that.
  CREATE OR REPLACE FUNCTION campaign.set_capacity(of_campaign text, to_capacity integer)
    RETURNS SETOF campaign.moved LANGUAGE plpgsql AS $$
  DECLARE
    c    campaign.campaigns := campaign.lock(of_campaign);
    next uuid := (SELECT id FROM campaign.claims WHERE campaign = of_campaign AND status = 'waitlisted'
                   ORDER BY position LIMIT 1);
  BEGIN
    UPDATE campaign.campaigns SET capacity = to_capacity, ceiling = to_capacity, held = held + 1 WHERE id = of_campaign;
    UPDATE campaign.claims SET status = 'held', expires_at = messaging.now() + c.hold_for, change_no = c.last_change + 2
     WHERE id = next;
    PERFORM campaign.note_capacity(of_campaign);
    RETURN QUERY SELECT * FROM campaign.moved_since(of_campaign, c.last_change);
  END $$`;

describe.each(Object.entries(RACES_BETWEEN))('%s', (_, race) => {
  it('keep all rules, whoever comes first', async () => {
    const { outcomes, audit } = await run(race, RACES);
    expect(audit.campaigns.flatMap(({ checks }) => checks.filter(({ ok }) => !ok))).toEqual([]);
    expect(Object.keys(outcomes)).toHaveLength(2);
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThanOrEqual(RACES / 10);
  });

  it('break them without the lock of the campaign', async () => {
    await test.database.query(UNLOCKED);
    let broken = false;
    for (let done = 0; done < RACES && !broken; done += PLACES) {
      broken = await run(race, PLACES).then(
        ({ audit }) => !audit.ok,
        // Two changes got the same number, or a count became negative.
        (error: { code?: string }) => error.code === '23505' || error.code === '23514',
      );
    }
    expect(broken).toBe(true);
  });
});
