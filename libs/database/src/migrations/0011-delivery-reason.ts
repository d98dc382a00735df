import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeliveryReason1764000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The kind of the last failure: dependency or error while there is a next attempt, afterwards the
      -- reason of the dead letter. Unknown of what failed before this column was there.
      ALTER TABLE messaging.deliveries ADD COLUMN reason text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.deliveries DROP COLUMN reason');
  }
}
