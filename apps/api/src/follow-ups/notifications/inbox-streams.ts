import { Injectable } from '@nestjs/common';
import type { EventStream } from '../live/event-stream.js';
import type { LiveFeed } from '../live/live-feed.js';
import { LiveFeeds } from '../live/live-feeds.js';
import { InboxWatcher } from './inbox-watcher.js';
import { NotificationsQuery } from './notifications.query.js';

const EMPTY = { unread: 0, newest: [] };

/** The inboxes that are being watched. */
@Injectable()
export class InboxStreams {
  private readonly feed: LiveFeed<InboxWatcher>;

  constructor(
    private readonly notifications: NotificationsQuery,
    feeds: LiveFeeds,
  ) {
    this.feed = feeds.create('reading the inboxes', (watchers) => this.update(watchers));
  }

  watch(userId: string, stream: EventStream, lastEventId: string | undefined): void {
    const watcher = new InboxWatcher(userId, stream, lastEventId);
    stream.onClose(() => this.feed.remove(watcher));
    this.feed.add(watcher);
  }

  /** One query for what there is; another only when something in there is new to somebody. */
  private async update(watchers: readonly InboxWatcher[]): Promise<void> {
    const userIds = [...new Set(watchers.map(({ userId }) => userId))];
    const inboxes = await this.notifications.inboxesOf(userIds);
    const stateOf = ({ userId }: InboxWatcher) => inboxes.get(userId) ?? EMPTY;
    const unknown = new Set(watchers.flatMap((watcher) => watcher.unknown(stateOf(watcher))));
    const found = unknown.size > 0 ? await this.notifications.byIds([...unknown]) : [];
    const byId = new Map(found.map((notification) => [notification.id, notification]));
    for (const watcher of watchers) watcher.tell(stateOf(watcher), byId);
  }
}
