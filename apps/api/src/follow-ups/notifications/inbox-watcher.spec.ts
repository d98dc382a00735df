import { InboxWatcher } from './inbox-watcher.js';
import type { Notification } from './notifications.query.js';

const notification = (id: string): Notification => ({
  id,
  kind: 'greeting',
  title: 'Hello',
  body: 'World',
  createdAt: new Date(0),
  readAt: null,
});

function watch(lastEventId?: string) {
  const sent: unknown[] = [];
  const stream = {
    send: (event: string, data: { unread: number }, id?: string) => sent.push(id ?? data.unread),
  };
  const watcher = new InboxWatcher('someone', stream, lastEventId);
  const tell = (unread: number, ...newest: string[]) =>
    watcher.tell({ unread, newest }, new Map(newest.map((id) => [id, notification(id)])));
  return { sent, tell };
}

describe('who watches an inbox', () => {
  it('is told of each notification once, the oldest first, and of the number of unread ones', () => {
    const { sent, tell } = watch();
    tell(2, 'b', 'a');
    tell(2, 'b', 'a');
    tell(3, 'c', 'b', 'a');
    tell(0, 'c', 'b', 'a');
    expect(sent).toEqual(['a', 'b', 2, 'c', 3, 0]);
  });

  it('is told that there is nothing', () => {
    const { sent, tell } = watch();
    tell(0);
    tell(0);
    expect(sent).toEqual([0]);
  });

  it('is spared what is not newer than what was seen last', () => {
    const { sent, tell } = watch('b');
    tell(3, 'c', 'b', 'a');
    expect(sent).toEqual(['c', 3]);
  });

  it('is told of one that became visible later although its id is older', () => {
    const { sent, tell } = watch();
    tell(1, 'b');
    tell(2, 'b', 'a');
    expect(sent).toEqual(['b', 1, 'a', 2]);
  });
});
