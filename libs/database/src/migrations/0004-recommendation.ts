import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Recommendation1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA recommendation;

      CREATE TABLE recommendation.interests (
        tag    text  NOT NULL,
        -- Label per language: {"en": "…", "zh-CN": "…"}.
        labels jsonb NOT NULL,
        CONSTRAINT interests_pk PRIMARY KEY (tag)
      );

      CREATE TABLE recommendation.items (
        id           text             NOT NULL,
        title        text             NOT NULL,
        url          text             NOT NULL,
        tags         text[]           NOT NULL,
        language     text             NOT NULL,
        -- ISO 3166-1 alpha-2; none means everywhere.
        countries    text[]           NOT NULL DEFAULT '{}',
        -- Between 0 and 1.
        popularity   double precision NOT NULL,
        published_at date,
        CONSTRAINT items_pk PRIMARY KEY (id),
        CONSTRAINT items_popularity CHECK (popularity > 0 AND popularity < 1)
      );
      CREATE INDEX items_popular ON recommendation.items (popularity DESC, id);

      -- One row: rises with every import.
      CREATE TABLE recommendation.catalogue (
        only_row   boolean     NOT NULL DEFAULT true,
        version    integer     NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT catalogue_pk PRIMARY KEY (only_row),
        CONSTRAINT catalogue_only_row CHECK (only_row)
      );

      CREATE TABLE recommendation.lists (
        user_id           uuid        NOT NULL,
        -- A list is overwritten by a higher version of the interests only.
        interests_version integer     NOT NULL,
        model_version     text        NOT NULL,
        catalogue_version integer     NOT NULL,
        fallback          text        NOT NULL,
        -- As the worker wrote it, to the byte.
        items             json        NOT NULL,
        computed_at       timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT lists_pk PRIMARY KEY (user_id),
        CONSTRAINT lists_fallback CHECK (fallback IN ('none', 'partial', 'popular'))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA recommendation CASCADE');
  }
}
