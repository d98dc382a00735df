import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims of one person in one campaign, those that ended included. */
const MAX_CLAIMS = 3;

/**
 * All changes of claims. Each function locks the row of the campaign in a statement of its own, so that what it reads
 * afterwards is what the transaction before has left; a conditional UPDATE that finds no place would lock nothing. Each
 * ends with an offer: no place is free while somebody waits. They have the rights of their owner, so that those who
 * call them need none on the tables.
 */
export class CampaignFunctions1764000000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [signature, body] of FUNCTIONS) {
      await runner.query(
        `CREATE FUNCTION campaign.${signature} RETURNS SETOF campaign.moved
           LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
         #variable_conflict use_column
         ${body} $$`,
      );
      await runner.query(`REVOKE EXECUTE ON FUNCTION campaign.${signature} FROM PUBLIC`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [signature] of FUNCTIONS) await runner.query(`DROP FUNCTION campaign.${signature}`);
  }
}

const FUNCTIONS: readonly (readonly [signature: string, body: string])[] = [
  // People who come at once are answered in one call. Every person gets a row: the claim, or why there is none.
  [
    `claim(of_campaign text, ids uuid[], people uuid[], verifications boolean[], locales text[])`,
    `   DECLARE
     c       campaign.campaigns := campaign.lock(of_campaign);
     moment  timestamptz := messaging.now();
     refusal text;
     added   bigint;
   BEGIN
     IF c.id IS NULL THEN RETURN; END IF;
     IF moment < c.opens_at THEN refusal := 'campaign_not_open'; END IF;
     IF moment >= c.closes_at THEN refusal := 'campaign_closed'; END IF;
     IF refusal IS NULL THEN
       WITH asked AS (
         SELECT DISTINCT ON (user_id) id, user_id, verified, locale, nth
           FROM unnest(ids, people, verifications, locales) WITH ORDINALITY AS a (id, user_id, verified, locale, nth)
          ORDER BY user_id, nth
       ), fresh AS (
         SELECT a.*, row_number() OVER (ORDER BY nth) AS place FROM asked AS a
          WHERE NOT EXISTS (SELECT FROM campaign.claims AS l WHERE l.campaign = of_campaign AND l.user_id = a.user_id
                               AND l.status IN ('held', 'confirmed', 'waitlisted'))
            AND (SELECT count(*) FROM campaign.claims AS l
                  WHERE l.campaign = of_campaign AND l.user_id = a.user_id) < ${MAX_CLAIMS}
       ), added AS (
         INSERT INTO campaign.claims (id, campaign, user_id, position, status, verified, locale, created_at, change_no)
         SELECT id, of_campaign, user_id, c.last_position + place, 'waitlisted', verified, locale, moment,
                c.last_change + place
           FROM fresh WHERE c.waitlist OR place <= c.capacity - c.held - c.confirmed
         RETURNING id, change_no
       ), noted AS (
         INSERT INTO campaign.changes (campaign, no, claim, was, became, cause, at, transaction_id, capacity)
         SELECT of_campaign, change_no, id, NULL, 'waitlisted', 'claim', moment, pg_current_xact_id(), c.capacity
           FROM added
       )
       SELECT count(*) INTO added FROM added;
       UPDATE campaign.campaigns
          SET last_position = last_position + added, last_change = last_change + added
        WHERE id = of_campaign AND added > 0;
       PERFORM campaign.offer(of_campaign, 'claim');
     END IF;
     RETURN QUERY
       SELECT m.claim, m.campaign, m.user_id, m.position, m.was, m.became, m.no, m.at, m.expires_at, m.created_at,
              m.ended_at, m.locale, 'claimed'
         FROM campaign.moved_since(of_campaign, c.last_change) AS m;
     RETURN QUERY
       SELECT l.id, of_campaign, p.user_id, l.position, l.status, l.status, l.change_no, moment, l.expires_at,
              l.created_at, l.ended_at, l.locale,
              CASE WHEN l.id IS NOT NULL THEN 'live'
                   WHEN refusal IS NOT NULL THEN refusal
                   WHEN (SELECT count(*) FROM campaign.claims AS o
                          WHERE o.campaign = of_campaign AND o.user_id = p.user_id) >= ${MAX_CLAIMS} THEN 'too_many_claims'
                   ELSE 'sold_out' END
         FROM (SELECT DISTINCT unnest(people)) AS p (user_id)
         LEFT JOIN campaign.claims AS l ON l.campaign = of_campaign AND l.user_id = p.user_id
               AND l.status IN ('held', 'confirmed', 'waitlisted')
        WHERE l.id IS NULL OR l.change_no <= c.last_change;
   END`,
  ],

  // The end of a hold. Too early, it answers the claim as it is; once resolved, nothing.
  [
    `end_hold(of_claim uuid)`,
    `   DECLARE
     c campaign.campaigns := campaign.lock((SELECT campaign FROM campaign.claims WHERE id = of_claim));
     l campaign.claims;
   BEGIN
     SELECT * INTO l FROM campaign.claims WHERE id = of_claim;
     IF l.status IS DISTINCT FROM 'held' THEN RETURN; END IF;
     IF messaging.now() < l.expires_at THEN
       RETURN NEXT campaign.as_it_is(l, 'early');
       RETURN;
     END IF;
     PERFORM campaign.move(of_claim, 'expired', 'hold-ended');
     PERFORM campaign.offer(c.id, 'hold-ended');
     RETURN QUERY SELECT * FROM campaign.moved_since(c.id, c.last_change);
   END`,
  ],

  // Gives a claim back. A claim of another person is not there.
  [
    `release(of_claim uuid, by_person uuid)`,
    `   DECLARE
     c campaign.campaigns := campaign.lock(
       (SELECT campaign FROM campaign.claims WHERE id = of_claim AND user_id = by_person));
     l campaign.claims;
   BEGIN
     IF c.id IS NULL THEN RETURN; END IF;
     SELECT * INTO l FROM campaign.claims WHERE id = of_claim;
     IF l.status = 'released' THEN
       RETURN NEXT campaign.as_it_is(l, 'released');
     ELSIF l.status IN ('held', 'waitlisted') OR l.status = 'confirmed' AND c.releasable THEN
       PERFORM campaign.move(of_claim, 'released', 'release');
       PERFORM campaign.offer(c.id, 'release');
       RETURN QUERY SELECT m.claim, m.campaign, m.user_id, m.position, m.was, m.became, m.no, m.at, m.expires_at,
                           m.created_at, m.ended_at, m.locale, CASE WHEN m.claim = of_claim THEN 'released' END
                      FROM campaign.moved_since(c.id, c.last_change) AS m;
     ELSE
       RETURN NEXT campaign.as_it_is(l, 'claim_not_releasable');
     END IF;
   END`,
  ],

  // The address of a person was verified then: confirms what is held, and what is offered later will be confirmed.
  [
    `confirm(of_person uuid, verified_at timestamptz)`,
    `   DECLARE
     of_campaign text;
     c campaign.campaigns;
     l campaign.claims;
   BEGIN
     FOR of_campaign IN
       SELECT DISTINCT campaign FROM campaign.claims
        WHERE user_id = of_person AND status IN ('held', 'waitlisted') ORDER BY campaign
     LOOP
       c := campaign.lock(of_campaign);
       CONTINUE WHEN c.confirm_by <> 'verified-email';
       UPDATE campaign.claims SET verified = true
        WHERE campaign = of_campaign AND user_id = of_person AND status IN ('held', 'waitlisted')
       RETURNING * INTO l;
       IF l.status = 'held' AND verified_at < l.expires_at THEN
         PERFORM campaign.move(l.id, 'confirmed', 'verified-email');
       END IF;
       PERFORM campaign.offer(of_campaign, 'verified-email');
       RETURN QUERY SELECT * FROM campaign.moved_since(of_campaign, c.last_change);
     END LOOP;
   END`,
  ],

  // A payment has come in. What it cannot confirm is due back; every reference has one outcome for good.
  [
    `pay(of_claim uuid, by_reference text, provider_paid_at timestamptz)`,
    `   DECLARE
     c       campaign.campaigns := campaign.lock((SELECT campaign FROM campaign.claims WHERE id = of_claim));
     moment  timestamptz := messaging.now();
     l       campaign.claims;
     p       campaign.payments;
     result  text := 'refund_due';
   BEGIN
     SELECT * INTO l FROM campaign.claims WHERE id = of_claim;
     IF c.confirm_by = 'payment' THEN
       IF l.status = 'held' THEN
         result := CASE WHEN moment < l.expires_at THEN 'confirmed' ELSE 'late_confirmed' END;
       ELSIF l.status = 'expired' AND c.held + c.confirmed < c.capacity
         AND moment >= c.opens_at AND (c.closes_at IS NULL OR moment < c.closes_at)
         AND NOT EXISTS (SELECT FROM campaign.claims WHERE campaign = c.id AND status = 'waitlisted')
         AND NOT EXISTS (SELECT FROM campaign.claims WHERE campaign = c.id AND user_id = l.user_id
                            AND status IN ('held', 'confirmed', 'waitlisted')) THEN
         result := 'late_confirmed';
       END IF;
     END IF;
     INSERT INTO campaign.payments (reference, claim, outcome, paid_at, received_at)
     VALUES (by_reference, of_claim, result, provider_paid_at, moment) ON CONFLICT DO NOTHING
     RETURNING * INTO p;
     IF p.reference IS NULL THEN
       SELECT * INTO p FROM campaign.payments WHERE reference = by_reference;
       RETURN NEXT campaign.as_it_is(l, CASE WHEN p.claim = of_claim THEN p.outcome ELSE 'payment_conflict' END);
       RETURN;
     END IF;
     IF result = 'refund_due' THEN
       RETURN NEXT campaign.as_it_is(l, 'refund_due_now');
       RETURN;
     END IF;
     PERFORM campaign.move(of_claim, 'confirmed', 'pay');
     PERFORM campaign.offer(c.id, 'pay');
     RETURN QUERY SELECT m.claim, m.campaign, m.user_id, m.position, m.was, m.became, m.no, m.at, m.expires_at,
                         m.created_at, m.ended_at, m.locale, CASE WHEN m.claim = of_claim THEN result END
                    FROM campaign.moved_since(c.id, c.last_change) AS m;
   END`,
  ],

  // Creates a campaign, or changes all of it. The first row says which, or why neither.
  [
    `put(of_campaign text, to_title jsonb, to_capacity integer, to_opens_at timestamptz, to_closes_at timestamptz,
       to_hold_for interval, to_confirm_by text, to_waitlist boolean, to_releasable boolean)`,
    `DECLARE
     is_new boolean;
     c      campaign.campaigns;
     m      campaign.moved;
   BEGIN
     INSERT INTO campaign.campaigns
       (id, title, capacity, ceiling, opens_at, closes_at, hold_for, confirm_by, waitlist, releasable)
     VALUES (of_campaign, to_title, to_capacity, to_capacity, to_opens_at, to_closes_at, to_hold_for, to_confirm_by,
             to_waitlist, to_releasable)
     ON CONFLICT DO NOTHING;
     is_new := FOUND;
     c := campaign.lock(of_campaign);
     m.campaign := of_campaign;
     m.outcome := CASE WHEN is_new THEN 'created'
                       WHEN c.closes_at <= messaging.now() THEN 'campaign_closed'
                       WHEN c.confirm_by <> to_confirm_by AND c.last_position > 0 THEN 'confirm_by_is_in_use'
                       ELSE 'updated' END;
     RETURN NEXT m;
     IF is_new THEN
       PERFORM campaign.note_capacity(of_campaign);
     ELSIF m.outcome = 'updated' THEN
       UPDATE campaign.campaigns
          SET title = to_title, opens_at = to_opens_at, closes_at = to_closes_at, hold_for = to_hold_for,
              confirm_by = to_confirm_by, waitlist = to_waitlist, releasable = to_releasable
        WHERE id = of_campaign;
       RETURN QUERY SELECT * FROM campaign.set_capacity(of_campaign, to_capacity);
     END IF;
   END`,
  ],

  // More or fewer places. Nobody loses one; with more, those who wait move up.
  [
    `set_capacity(of_campaign text, to_capacity integer)`,
    `   DECLARE
     c campaign.campaigns := campaign.lock(of_campaign);
   BEGIN
     IF c.id IS NULL THEN RETURN; END IF;
     IF c.capacity <> to_capacity THEN
       UPDATE campaign.campaigns SET capacity = to_capacity, ceiling = greatest(to_capacity, held + confirmed)
        WHERE id = of_campaign;
       PERFORM campaign.note_capacity(of_campaign);
     END IF;
     PERFORM campaign.offer(of_campaign, 'capacity');
     RETURN QUERY SELECT * FROM campaign.moved_since(of_campaign, c.last_change);
   END`,
  ],

  // Ends the waitlist at the end of the campaign, so many at once. Before that it answers nothing.
  [
    `close(of_campaign text, most integer)`,
    `   DECLARE
     c       campaign.campaigns := campaign.lock(of_campaign);
     moment  timestamptz := messaging.now();
   BEGIN
     IF c.closes_at IS NULL OR moment < c.closes_at THEN RETURN; END IF;
     WITH last AS (
       SELECT id, row_number() OVER (ORDER BY position) AS nth FROM campaign.claims
        WHERE campaign = of_campaign AND status = 'waitlisted' ORDER BY position LIMIT most
     ), moved AS (
       UPDATE campaign.claims AS l SET status = 'closed', ended_at = moment, change_no = c.last_change + nth
         FROM last WHERE l.id = last.id RETURNING l.id, l.change_no
     ), noted AS (
       INSERT INTO campaign.changes (campaign, no, claim, was, became, cause, at, transaction_id, capacity)
       SELECT of_campaign, change_no, id, 'waitlisted', 'closed', 'close', moment, pg_current_xact_id(), c.capacity
         FROM moved
     )
     UPDATE campaign.campaigns SET last_change = last_change + (SELECT count(*) FROM moved) WHERE id = of_campaign;
     RETURN QUERY SELECT * FROM campaign.moved_since(of_campaign, c.last_change);
   END`,
  ],
];
