import { metrics, type Histogram } from '@opentelemetry/api';
import { SharedLook } from '#libs/service-defaults';
import type { Messaging } from '../contract/messaging.js';
import type { Sql } from '../database/database.js';
import { scheduledBacklog } from './scheduled.query.js';

/** However often it is scraped, the database counts no more often than this. */
const BACKLOG_MAX_AGE_MS = 5_000;

const LATE_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

/** How late events are promoted. */
export class PromoterMetrics {
  private readonly late: Histogram;

  constructor({ names }: Messaging) {
    const meter = metrics.getMeter(`${names.prefix}.scheduling`);
    this.late = meter.createHistogram(names.metric('scheduled_late_seconds'), {
      description: 'Time from the moment when a scheduled event was due to its promotion',
      unit: 's',
      advice: { explicitBucketBoundaries: LATE_BUCKETS_SECONDS },
    });
  }

  promoted(lateSeconds: readonly number[]): void {
    for (const seconds of lateSeconds) this.late.record(seconds);
  }
}

/** Reports which events are scheduled, read from the database at a scrape. Once a process. */
export function observeScheduled(messaging: Messaging, sql: Sql): void {
  const { names } = messaging;
  const meter = metrics.getMeter(`${names.prefix}.scheduling`);
  const pending = meter.createObservableGauge(names.metric('scheduled_pending'), {
    description: 'Events that are scheduled and not promoted yet',
  });
  const overdue = meter.createObservableGauge(names.metric('scheduled_overdue_seconds'), {
    description: 'How long the most overdue event has been due',
    unit: 's',
  });
  const look = new SharedLook(BACKLOG_MAX_AGE_MS, () => scheduledBacklog(messaging, sql));
  meter.addBatchObservableCallback(
    async (observer) => {
      const backlog = await look.get();
      observer.observe(pending, backlog.pending);
      observer.observe(overdue, backlog.overdueSeconds);
    },
    [pending, overdue],
  );
}
