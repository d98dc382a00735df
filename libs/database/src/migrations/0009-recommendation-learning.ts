import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecommendationLearning1764000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Who has opened what: a person counts once for an item.
      CREATE TABLE recommendation.opened (
        user_id   uuid        NOT NULL,
        item_id   text        NOT NULL,
        opened_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT opened_pk PRIMARY KEY (user_id, item_id)
      );
      CREATE INDEX opened_opened_at ON recommendation.opened (opened_at);

      -- Who has opened anything, with all interests declared at such a moment.
      CREATE TABLE recommendation.readers (
        user_id   uuid   NOT NULL,
        interests text[] NOT NULL DEFAULT '{}',
        CONSTRAINT readers_pk PRIMARY KEY (user_id)
      );

      CREATE TABLE recommendation.item_counts (
        item_id text    NOT NULL,
        people  integer NOT NULL,
        CONSTRAINT item_counts_pk PRIMARY KEY (item_id)
      );
      CREATE TABLE recommendation.tag_counts (
        tag    text    NOT NULL,
        people integer NOT NULL,
        CONSTRAINT tag_counts_pk PRIMARY KEY (tag)
      );
      CREATE INDEX tag_counts_people ON recommendation.tag_counts (people DESC, tag);

      -- How many people with an interest have opened an item.
      CREATE TABLE recommendation.affinities (
        tag     text    NOT NULL,
        item_id text    NOT NULL,
        people  integer NOT NULL,
        CONSTRAINT affinities_pk PRIMARY KEY (tag, item_id)
      );
      CREATE INDEX affinities_strongest ON recommendation.affinities (tag, people DESC, item_id)
        WHERE people >= 2;

      -- What a person was shown: once a day for each item and slot. Written by the API.
      CREATE TABLE recommendation.impressions (
        user_id           uuid        NOT NULL,
        item_id           text        NOT NULL,
        slot              text        NOT NULL,
        shown_on          date        NOT NULL DEFAULT current_date,
        rank              integer     NOT NULL,
        model_version     text        NOT NULL,
        catalogue_version integer     NOT NULL,
        CONSTRAINT impressions_pk PRIMARY KEY (user_id, item_id, slot, shown_on),
        CONSTRAINT impressions_slot CHECK (slot IN ('ranked', 'explored', 'popular'))
      );
      CREATE INDEX impressions_shown_on ON recommendation.impressions (shown_on);

      -- The item of the list that is there to become known.
      ALTER TABLE recommendation.lists ADD COLUMN explored_item_id text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recommendation.lists DROP COLUMN explored_item_id;
      DROP TABLE recommendation.impressions, recommendation.affinities, recommendation.tag_counts,
                 recommendation.item_counts, recommendation.readers, recommendation.opened;
    `);
  }
}
