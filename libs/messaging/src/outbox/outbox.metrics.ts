import { metrics } from '@opentelemetry/api';
import { SharedLook } from '#libs/service-defaults';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { outboxBacklog } from './outbox-backlog.query.js';

/** However often it is scraped, the database is asked no more often than this. */
const BACKLOG_MAX_AGE_MS = 1_000;

/** Reports what waits in the outbox, read from the database at a scrape. Once a process. */
export function observeOutbox(messaging: Messaging, sql: Sql): void {
  const { names } = messaging;
  const meter = metrics.getMeter(`${names.prefix}.outbox`);
  const pending = meter.createObservableGauge(names.metric('outbox_pending'), {
    description: 'Events that are not yet published',
  });
  const oldest = meter.createObservableGauge(names.metric('outbox_oldest_age_seconds'), {
    description: 'Age of the oldest event that is not yet published',
    unit: 's',
  });
  const look = new SharedLook(BACKLOG_MAX_AGE_MS, () => outboxBacklog(messaging, sql));
  meter.addBatchObservableCallback(
    async (observer) => {
      const backlog = await look.get();
      observer.observe(pending, backlog.pending);
      observer.observe(oldest, backlog.oldestAgeSeconds);
    },
    [pending, oldest],
  );
}
