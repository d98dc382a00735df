import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CatalogueChanges1764000000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The version of the catalogue in which the item was written last: what is newer than an index.
      ALTER TABLE recommendation.items
        ADD COLUMN version  integer     NOT NULL DEFAULT 1,
        ADD COLUMN added_at timestamptz NOT NULL DEFAULT now();
      CREATE INDEX items_version ON recommendation.items (version);

      -- How many items carry the tag, counted at the end of an import.
      ALTER TABLE recommendation.interests ADD COLUMN items integer NOT NULL DEFAULT 0;
      UPDATE recommendation.interests AS i
         SET items = (SELECT count(*) FROM recommendation.items WHERE i.tag = ANY (tags));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recommendation.interests DROP COLUMN items;
      ALTER TABLE recommendation.items DROP COLUMN version, DROP COLUMN added_at;
    `);
  }
}
