import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the functions of the next migration are made of: each runs on a campaign whose row is locked. */
export class CampaignSteps1764000000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MOVED);
    for (const step of STEPS) await runner.query(`CREATE FUNCTION ${step}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION campaign.note_capacity, campaign.as_it_is, campaign.moved_since, campaign.move, campaign.offer, campaign.lock;
      DROP TYPE campaign.moved;
    `);
  }
}

const MOVED = `
  -- What became of a claim in one call, or why nothing did.
  CREATE TYPE campaign.moved AS (
    claim      uuid,
    campaign   text,
    user_id    uuid,
    position   bigint,
    was        text,
    became     text,
    no         bigint,
    at         timestamptz,
    expires_at timestamptz,
    created_at timestamptz,
    ended_at   timestamptz,
    locale     text,
    outcome    text
  )`;

const STEPS = [
  `campaign.lock(of_campaign text) RETURNS campaign.campaigns LANGUAGE sql AS $$
     SELECT * FROM campaign.campaigns WHERE id = of_campaign FOR UPDATE
   $$`,

  // While a place is free, the lowest position gets it.
  `campaign.offer(of_campaign text, why text) RETURNS void LANGUAGE plpgsql AS $$
   #variable_conflict use_column
   DECLARE
     c      campaign.campaigns;
     moment timestamptz := messaging.now();
   BEGIN
     SELECT * INTO c FROM campaign.campaigns WHERE id = of_campaign;
     IF moment >= c.closes_at OR c.held + c.confirmed >= c.capacity THEN RETURN; END IF;
     WITH next AS (
       SELECT id, row_number() OVER (ORDER BY position) AS nth,
              verified AND c.confirm_by = 'verified-email' AS at_once
         FROM campaign.claims WHERE campaign = of_campaign AND status = 'waitlisted'
        ORDER BY position LIMIT c.capacity - c.held - c.confirmed
     ), moved AS (
       UPDATE campaign.claims AS l
          SET status = CASE WHEN at_once THEN 'confirmed' ELSE 'held' END,
              expires_at = CASE WHEN NOT at_once THEN moment + c.hold_for END,
              change_no = c.last_change + nth
         FROM next WHERE l.id = next.id
       RETURNING l.id, l.status, l.change_no
     ), noted AS (
       INSERT INTO campaign.changes (campaign, no, claim, was, became, cause, at, transaction_id, capacity)
       SELECT of_campaign, change_no, id, 'waitlisted', status, why, moment, pg_current_xact_id(), c.capacity FROM moved
     ), counted AS (
       SELECT count(*) AS moved, count(*) FILTER (WHERE status = 'held') AS held,
              count(*) FILTER (WHERE status = 'confirmed') AS confirmed FROM moved
     )
     UPDATE campaign.campaigns AS t
        SET held = t.held + counted.held, confirmed = t.confirmed + counted.confirmed,
            last_change = t.last_change + counted.moved
       FROM counted WHERE t.id = of_campaign AND counted.moved > 0;
   END $$`,

  // Moves one claim and the counts. What comes back lowers a ceiling above the capacity.
  `campaign.move(of_claim uuid, becomes text, why text) RETURNS void LANGUAGE plpgsql AS $$
   #variable_conflict use_column
   DECLARE
     l      campaign.claims;
     moment timestamptz := messaging.now();
     held_by      integer;
     confirmed_by integer;
   BEGIN
     SELECT * INTO l FROM campaign.claims WHERE id = of_claim;
     held_by := (becomes = 'held')::integer - (l.status = 'held')::integer;
     confirmed_by := (becomes = 'confirmed')::integer - (l.status = 'confirmed')::integer;
     UPDATE campaign.campaigns
        SET held = held + held_by, confirmed = confirmed + confirmed_by,
            ceiling = CASE WHEN held_by + confirmed_by < 0
                           THEN greatest(capacity, least(ceiling, held + confirmed + held_by + confirmed_by))
                           ELSE ceiling END,
            last_change = last_change + 1
      WHERE id = l.campaign;
     UPDATE campaign.claims
        SET status = becomes,
            ended_at = CASE WHEN becomes NOT IN ('held', 'confirmed') THEN moment END,
            change_no = (SELECT last_change FROM campaign.campaigns WHERE id = l.campaign)
      WHERE id = of_claim;
     INSERT INTO campaign.changes (campaign, no, claim, was, became, cause, at, transaction_id, capacity)
     SELECT id, last_change, of_claim, l.status, becomes, why, moment, pg_current_xact_id(), capacity
       FROM campaign.campaigns WHERE id = l.campaign;
   END $$`,

  `campaign.note_capacity(of_campaign text) RETURNS void LANGUAGE sql AS $$
     WITH numbered AS (
       UPDATE campaign.campaigns SET last_change = last_change + 1 WHERE id = of_campaign
       RETURNING last_change, capacity
     )
     INSERT INTO campaign.changes (campaign, no, cause, at, transaction_id, capacity)
     SELECT of_campaign, last_change, 'capacity', messaging.now(), pg_current_xact_id(), capacity FROM numbered
   $$`,

  // A claim that does not change.
  `campaign.as_it_is(l campaign.claims, says text) RETURNS campaign.moved LANGUAGE sql AS $$
     SELECT l.id, l.campaign, l.user_id, l.position, l.status, l.status, l.change_no, messaging.now(), l.expires_at,
            l.created_at, l.ended_at, l.locale, says
   $$`,

  // Every claim that has changed since, from what it was before to what it is.
  `campaign.moved_since(of_campaign text, last_no bigint) RETURNS SETOF campaign.moved LANGUAGE sql AS $$
     SELECT l.id, l.campaign, l.user_id, l.position, first.was, l.status, l.change_no, first.at, l.expires_at,
            l.created_at, l.ended_at, l.locale, NULL::text
       FROM (SELECT DISTINCT ON (claim) claim, was, at FROM campaign.changes
              WHERE campaign = of_campaign AND no > last_no AND claim IS NOT NULL ORDER BY claim, no) AS first
       JOIN campaign.claims AS l ON l.id = first.claim
      ORDER BY l.position
   $$`,
];
