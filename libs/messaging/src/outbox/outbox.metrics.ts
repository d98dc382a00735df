import { metrics } from '@opentelemetry/api';
import type { Database } from '#libs/database';

const meter = metrics.getMeter('usher.outbox');

/** Reports what waits in the outbox, read from the database at each scrape. */
export function observeOutbox(database: Database): void {
  const pending = meter.createObservableGauge('usher_outbox_pending', {
    description: 'Events that are not yet published',
  });
  const oldest = meter.createObservableGauge('usher_outbox_oldest_age_seconds', {
    description: 'Age of the oldest event that is not yet published',
    unit: 's',
  });
  meter.addBatchObservableCallback(
    async (observer) => {
      const [row] = await database.query<{ pending: string; age: number }>(
        `SELECT count(*) AS pending,
                coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS age
           FROM messaging.outbox WHERE published_at IS NULL`,
      );
      observer.observe(pending, Number(row?.pending ?? 0));
      observer.observe(oldest, row?.age ?? 0);
    },
    [pending, oldest],
  );
}
