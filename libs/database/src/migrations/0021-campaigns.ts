import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Campaigns1764000000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA campaign;

      -- Limited places. The row is locked for as long as its places, its claims or its waitlist change.
      CREATE TABLE campaign.campaigns (
        id            text        NOT NULL,
        title         jsonb       NOT NULL,
        capacity      integer     NOT NULL,
        -- Above the capacity where it was lowered below what was taken; falls as places come back.
        ceiling       integer     NOT NULL,
        held          integer     NOT NULL DEFAULT 0,
        confirmed     integer     NOT NULL DEFAULT 0,
        opens_at      timestamptz NOT NULL,
        closes_at     timestamptz,
        hold_for      interval    NOT NULL,
        confirm_by    text        NOT NULL,
        waitlist      boolean     NOT NULL,
        releasable    boolean     NOT NULL,
        -- Numbers that were given last.
        last_position bigint      NOT NULL DEFAULT 0,
        last_change   bigint      NOT NULL DEFAULT 0,
        CONSTRAINT campaigns_pk PRIMARY KEY (id),
        CONSTRAINT campaigns_id CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        CONSTRAINT campaigns_capacity CHECK (capacity BETWEEN 1 AND 1000000),
        CONSTRAINT campaigns_ceiling CHECK (ceiling >= capacity),
        CONSTRAINT campaigns_counts CHECK (held >= 0 AND confirmed >= 0),
        CONSTRAINT campaigns_never_oversold CHECK (held + confirmed <= ceiling),
        CONSTRAINT campaigns_closes_after_it_opens CHECK (closes_at > opens_at),
        CONSTRAINT campaigns_hold_for CHECK (hold_for BETWEEN interval '10 seconds' AND interval '30 days'),
        CONSTRAINT campaigns_confirm_by CHECK (confirm_by IN ('verified-email', 'payment'))
      ) WITH (fillfactor = 20);

      CREATE TABLE campaign.claims (
        id         uuid        NOT NULL,
        campaign   text        NOT NULL,
        user_id    uuid        NOT NULL,
        -- In the order in which claims were committed, without holes.
        position   bigint      NOT NULL,
        status     text        NOT NULL,
        -- Whether the address of the person is verified.
        verified   boolean     NOT NULL,
        -- What to speak to the person in.
        locale     text        NOT NULL,
        -- When the hold ends, or ended.
        expires_at timestamptz,
        created_at timestamptz NOT NULL,
        ended_at   timestamptz,
        -- The number of its last change.
        change_no  bigint      NOT NULL,
        CONSTRAINT claims_pk PRIMARY KEY (id),
        CONSTRAINT claims_campaign_fk FOREIGN KEY (campaign) REFERENCES campaign.campaigns (id),
        CONSTRAINT claims_position UNIQUE (campaign, position),
        CONSTRAINT claims_status CHECK
          (status IN ('held', 'confirmed', 'waitlisted', 'expired', 'released', 'closed'))
      ) WITH (fillfactor = 80);
      CREATE UNIQUE INDEX claims_one_live ON campaign.claims (campaign, user_id)
        WHERE status IN ('held', 'confirmed', 'waitlisted');
      CREATE INDEX claims_waiting ON campaign.claims (campaign, position) WHERE status = 'waitlisted';
      CREATE INDEX claims_user_id ON campaign.claims (user_id, campaign);

      -- Everything that happened to a claim or a capacity, from which the audit proves the rules.
      CREATE TABLE campaign.changes (
        campaign       text        NOT NULL,
        no             bigint      NOT NULL,
        -- NULL when the capacity was changed.
        claim          uuid,
        was            text,
        became         text,
        cause          text        NOT NULL,
        at             timestamptz NOT NULL,
        transaction_id xid8        NOT NULL,
        capacity       integer     NOT NULL,
        CONSTRAINT changes_pk PRIMARY KEY (campaign, no)
      );

      -- Without a foreign key: a payment for a claim that does not exist is kept, too.
      CREATE TABLE campaign.payments (
        reference   text        NOT NULL,
        claim       uuid        NOT NULL,
        outcome     text        NOT NULL,
        -- As the payment provider says; decides nothing.
        paid_at     timestamptz,
        received_at timestamptz NOT NULL,
        refunded_at timestamptz,
        CONSTRAINT payments_pk PRIMARY KEY (reference),
        CONSTRAINT payments_reference_length CHECK (char_length(reference) BETWEEN 1 AND 200),
        CONSTRAINT payments_outcome CHECK (outcome IN ('confirmed', 'late_confirmed', 'refund_due'))
      );
      CREATE INDEX payments_claim ON campaign.payments (claim);
      CREATE INDEX payments_refund_due ON campaign.payments (received_at)
        WHERE outcome = 'refund_due' AND refunded_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE campaign.payments, campaign.changes, campaign.claims, campaign.campaigns;
      DROP SCHEMA campaign;
    `);
  }
}
