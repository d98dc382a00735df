import type { Sql } from '#libs/database';
import { v7 as uuidv7 } from 'uuid';
import { randomName } from './random-name.js';

/** What a function of the schema `campaign` answers for a claim. */
export interface Moved {
  readonly claim: string;
  readonly user_id: string;
  readonly position: string;
  readonly was: string | null;
  readonly became: string;
  readonly expires_at: Date | null;
  readonly outcome: string | null;
}

export interface CampaignSettings {
  readonly capacity: number;
  readonly opensInMs: number;
  readonly closesInMs: number | null;
  readonly holdMs: number;
  readonly confirmBy: 'verified-email' | 'payment';
  readonly waitlist: boolean;
  readonly releasable: boolean;
}

const USUAL: CampaignSettings = {
  capacity: 1,
  opensInMs: 0,
  closesInMs: null,
  holdMs: 60_000,
  confirmBy: 'verified-email',
  waitlist: true,
  releasable: false,
};

/** A new campaign that is open, with one place unless given. */
export async function openCampaign(
  sql: Sql,
  settings: Partial<CampaignSettings> = {},
): Promise<string> {
  const id = `campaign-${randomName()}`;
  const { capacity, opensInMs, closesInMs, holdMs, confirmBy, waitlist, releasable } = {
    ...USUAL,
    ...settings,
  };
  await sql.query(
    `SELECT FROM (SELECT messaging.now() AS now, interval '1 millisecond' AS ms) AS clock,
            LATERAL campaign.put($1, '{"en": "Early access", "zh-CN": "抢先体验"}', $2, now + $3 * ms,
                                 now + $4::float8 * ms, $5 * ms, $6, $7, $8)`,
    [id, capacity, opensInMs, closesInMs, holdMs, confirmBy, waitlist, releasable],
  );
  return id;
}

/** One claim for each person. */
export const claim = (
  sql: Sql,
  campaign: string,
  people: readonly string[],
  verified = false,
): Promise<Moved[]> =>
  sql.query<Moved>('SELECT * FROM campaign.claim($1, $2, $3, $4, $5)', [
    campaign,
    people.map(() => uuidv7()),
    people,
    people.map(() => verified),
    people.map(() => 'en'),
  ]);

export const endHold = (sql: Sql, id: string): Promise<Moved[]> =>
  sql.query<Moved>('SELECT * FROM campaign.end_hold($1)', [id]);

export const release = (sql: Sql, id: string, person: string): Promise<Moved[]> =>
  sql.query<Moved>('SELECT * FROM campaign.release($1, $2)', [id, person]);

/** @param agoMs how long ago the address was verified */
export const confirm = (sql: Sql, person: string, agoMs = 0): Promise<Moved[]> =>
  sql.query<Moved>(
    `SELECT * FROM campaign.confirm($1, messaging.now() - $2 * interval '1 millisecond')`,
    [person, agoMs],
  );

export const pay = (sql: Sql, id: string, reference: string): Promise<Moved[]> =>
  sql.query<Moved>('SELECT * FROM campaign.pay($1, $2, NULL)', [id, reference]);

export const setCapacity = (sql: Sql, campaign: string, capacity: number): Promise<Moved[]> =>
  sql.query<Moved>('SELECT * FROM campaign.set_capacity($1, $2)', [campaign, capacity]);

export const close = (sql: Sql, campaign: string, most = 1_000): Promise<Moved[]> =>
  sql.query<Moved>('SELECT * FROM campaign.close($1, $2)', [campaign, most]);

/** The claims of a campaign by position. */
export const statuses = async (sql: Sql, campaign: string): Promise<string[]> => {
  const rows = await sql.query<{ status: string }>(
    'SELECT status FROM campaign.claims WHERE campaign = $1 ORDER BY position',
    [campaign],
  );
  return rows.map(({ status }) => status);
};
