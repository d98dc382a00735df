import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Database, type Sql } from '#libs/database';
import { Periodic } from '#libs/service-defaults';

const INTERVAL_MS = 3_600_000;
/** How long it is kept what people were shown. */
const RETENTION_DAYS = 90;
const ROWS_AT_A_TIME = 10_000;

/** Removes impressions that are too old to learn from, so that the table does not grow for ever. */
@Injectable()
export class ImpressionsCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: Periodic;

  constructor(database: Database) {
    this.work = new Periodic('cleaning impressions', INTERVAL_MS, () => cleanImpressions(database));
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }
}

/** In several statements, none of which takes long; several processes at once do not wait for each other. */
export async function cleanImpressions(sql: Sql): Promise<void> {
  for (;;) {
    const removed = await sql.query(
      `DELETE FROM recommendation.impressions
        WHERE (user_id, item_id, slot, shown_on) IN (
              SELECT user_id, item_id, slot, shown_on FROM recommendation.impressions
               WHERE shown_on < current_date - $1::int LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING 1 AS one`,
      [RETENTION_DAYS, ROWS_AT_A_TIME],
    );
    if (removed.length < ROWS_AT_A_TIME) return;
  }
}
