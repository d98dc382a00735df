import type { EventStream } from '../live/event-stream.js';
import type { Watcher } from '../live/live-feed.js';
import type { InboxState, Notification } from './notifications.query.js';

/** Tells one stream of each notification once, and of the number of unread ones whenever it differs. */
export class InboxWatcher implements Watcher {
  private told: ReadonlySet<string> = new Set();
  private unread: number | undefined;

  /** @param lastEventId the newest notification that the client has seen before it lost its last stream */
  constructor(
    readonly userId: string,
    private readonly stream: Pick<EventStream, 'send'>,
    private readonly lastEventId: string | undefined,
  ) {}

  /** The ids, newest first, that the stream does not know yet. */
  unknown({ newest }: InboxState): string[] {
    const seen = this.lastEventId ?? '';
    // Not by order alone: of two that come together, the older id may become visible later.
    return newest.filter((id) => !this.told.has(id) && (this.told.size > 0 || id > seen));
  }

  tell(state: InboxState, notifications: ReadonlyMap<string, Notification>): void {
    for (const id of this.unknown(state).toReversed()) {
      const notification = notifications.get(id);
      if (notification) this.stream.send('notification', notification, id);
    }
    this.told = new Set(state.newest);
    if (state.unread !== this.unread) this.stream.send('unread', { unread: state.unread });
    this.unread = state.unread;
  }
}
