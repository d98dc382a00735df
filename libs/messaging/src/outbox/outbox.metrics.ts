import { metrics } from '@opentelemetry/api';
import type { Database } from '#libs/database';
import { SharedLook } from '#libs/service-defaults';
import { outboxBacklog } from './outbox-backlog.query.js';

/** However often it is scraped, the database is asked no more often than this. */
const BACKLOG_MAX_AGE_MS = 1_000;

const meter = metrics.getMeter('usher.outbox');

/** Reports what waits in the outbox, read from the database at a scrape. Once a process. */
export function observeOutbox(database: Database): void {
  const pending = meter.createObservableGauge('usher_outbox_pending', {
    description: 'Events that are not yet published',
  });
  const oldest = meter.createObservableGauge('usher_outbox_oldest_age_seconds', {
    description: 'Age of the oldest event that is not yet published',
    unit: 's',
  });
  const look = new SharedLook(BACKLOG_MAX_AGE_MS, () => outboxBacklog(database));
  meter.addBatchObservableCallback(
    async (observer) => {
      const backlog = await look.get();
      observer.observe(pending, backlog.pending);
      observer.observe(oldest, backlog.oldestAgeSeconds);
    },
    [pending, oldest],
  );
}
