import { metrics } from '@opentelemetry/api';
import type { Database } from '#libs/database';
import { outboxBacklog } from './outbox-backlog.query.js';

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
      const backlog = await outboxBacklog(database);
      observer.observe(pending, backlog.pending);
      observer.observe(oldest, backlog.oldestAgeSeconds);
    },
    [pending, oldest],
  );
}
