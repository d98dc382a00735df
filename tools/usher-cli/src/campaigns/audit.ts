import type { Database, OpenTransaction } from '#libs/messaging';
import { Replay, RULES, type Breach, type Change, type Rule } from './replay.js';

/** Whether a rule was kept, and what breaks it: at most {@link MAX_BREACHES}. */
export interface Check {
  readonly name: Rule;
  readonly ok: boolean;
  readonly rows: readonly Breach[];
}

export interface CampaignAudit {
  readonly id: string;
  readonly checks: readonly Check[];
}

export interface Audit {
  readonly ok: boolean;
  readonly campaigns: readonly CampaignAudit[];
}

const MAX_BREACHES = 20;
/** Changes that are read at once. */
const PAGE = 5_000;

interface Campaign {
  readonly id: string;
  readonly closes_at: Date | null;
}

/**
 * Proves from the database alone that campaigns kept their rules: every change is replayed, and what comes of it is
 * compared with the claims and the counts. All of it is read as of one moment.
 * @param id of one campaign; all of them unless given
 */
export async function auditCampaigns(database: Database, id?: string): Promise<Audit> {
  const transaction = await database.begin();
  try {
    await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const found = await transaction.query<Campaign>(
      `SELECT id, closes_at FROM campaign.campaigns WHERE $1::text IS NULL OR id = $1 ORDER BY id`,
      [id ?? null],
    );
    const campaigns: CampaignAudit[] = [];
    for (const campaign of found)
      campaigns.push({ id: campaign.id, checks: await checksOf(transaction, campaign) });
    const ok = campaigns.every(({ checks }) => checks.every((check) => check.ok));
    return { ok, campaigns };
  } finally {
    await transaction.rollback();
  }
}

async function checksOf(sql: OpenTransaction, { id, closes_at }: Campaign): Promise<Check[]> {
  const breaches = new Map<Rule, Breach[]>(RULES.map((rule) => [rule, []]));
  const note = (rule: Rule, breach: Breach) => {
    const noted = breaches.get(rule)!;
    if (noted.length < MAX_BREACHES) noted.push(breach);
  };
  const replay = new Replay(closes_at, note);
  for await (const change of changesOf(sql, id)) replay.apply(change);
  replay.end();
  for (const breach of await sql.query<Breach>(COUNTS, [id])) note('counts-are-the-rows', breach);
  return RULES.map((name) => {
    const rows = breaches.get(name)!;
    return { name, ok: rows.length === 0, rows };
  });
}

async function* changesOf(sql: OpenTransaction, id: string): AsyncGenerator<Change> {
  for (let last = '0'; ;) {
    const page = await sql.query<Change>(
      `SELECT c.no, c.claim, c.was, c.became, c.cause, c.at, c.transaction_id::text, c.capacity, l.user_id, l.position
         FROM campaign.changes AS c LEFT JOIN campaign.claims AS l ON l.id = c.claim
        WHERE c.campaign = $1 AND c.no > $2 ORDER BY c.no LIMIT ${PAGE}`,
      [id, last],
    );
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)!.no;
  }
}

/** Where the counts of a campaign, its claims and its changes differ. */
const COUNTS = `
  WITH rows AS (
    SELECT count(*) FILTER (WHERE status = 'held') AS held, count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
           coalesce(max(position), 0) AS last_position
      FROM campaign.claims WHERE campaign = $1
  ), changes AS (SELECT coalesce(max(no), 0) AS last_change FROM campaign.changes WHERE campaign = $1)
  SELECT format('%s is %s, and the rows say %s', name, counted, rows) AS problem
    FROM campaign.campaigns AS c, rows, changes,
         LATERAL (VALUES ('held', c.held, rows.held), ('confirmed', c.confirmed, rows.confirmed),
                         ('last_position', c.last_position, rows.last_position),
                         ('last_change', c.last_change, changes.last_change)) AS v (name, counted, rows)
   WHERE c.id = $1 AND counted <> v.rows
  UNION ALL
  SELECT format('claim %s is %s, and its last change says %s', l.id, l.status, coalesce(c.became, 'nothing'))
    FROM campaign.claims AS l
    LEFT JOIN campaign.changes AS c ON c.campaign = l.campaign AND c.no = l.change_no AND c.claim = l.id
   WHERE l.campaign = $1 AND c.became IS DISTINCT FROM l.status`;
