import { Injectable } from '@nestjs/common';
import type { EventStream } from '../live/event-stream.js';
import type { LiveFeed } from '../live/live-feed.js';
import { LiveFeeds } from '../live/live-feeds.js';
import { DeliveriesQuery } from './deliveries.query.js';
import { TimelineWatcher } from './timeline-watcher.js';

/** The timelines that are being watched. */
@Injectable()
export class TimelineStreams {
  private readonly feed: LiveFeed<TimelineWatcher>;

  constructor(deliveries: DeliveriesQuery, feeds: LiveFeeds) {
    this.feed = feeds.create('reading the timelines', async (watchers) => {
      const steps = await deliveries.stepsOf([...new Set(watchers.map(({ userId }) => userId))]);
      for (const watcher of watchers) watcher.tell(steps.get(watcher.userId) ?? []);
    });
  }

  watch(userId: string, stream: EventStream, lastEventId: string | undefined): void {
    const watcher = new TimelineWatcher(userId, stream, lastEventId);
    stream.onClose(() => this.feed.remove(watcher));
    this.feed.add(watcher);
  }
}
