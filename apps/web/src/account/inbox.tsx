import { useState } from 'preact/hooks';
import { useAction } from '../action/use-action.js';
import type { Notification } from '../api/types.js';
import { useAccount } from '../session/session.js';
import { useLanguage } from '../texts/language.js';
import { formatMoment } from '../time/durations.js';
import { unreadOf, withNotification } from './inbox-state.js';
import { useEvents } from './use-events.js';

/** The inbox, live; opening a message marks it as read. */
export function Inbox() {
  const { texts } = useLanguage();
  const t = texts.inbox;
  const [inbox, setInbox] = useState<readonly Notification[]>([]);
  const [unread, setUnread] = useState(0);
  const { ask } = useAccount();
  const { told, busy, act } = useAction();

  const readAgain = async () => {
    const { items, unread: count } = await ask<{ items: Notification[]; unread: number }>(
      'GET',
      '/v1/me/notifications',
    );
    setInbox(items);
    setUnread(count);
  };
  useEvents('/v1/me/notifications/stream', {
    notification: (notification: Notification) =>
      setInbox((before) => withNotification(before, notification)),
    unread: ({ unread: count }: { unread: number }) => {
      setUnread(count);
      // Read in another window, perhaps.
      if (count !== unreadOf(inbox)) void readAgain().catch(() => undefined);
    },
  });

  const markRead = async (notification: Notification) => {
    if (notification.readAt !== null) return;
    const path = `/v1/me/notifications/${notification.id}`;
    const read = await ask<Notification>('PATCH', path, { body: { read: true } });
    setInbox((before) => withNotification(before, read));
    setUnread((count) => Math.max(0, count - 1));
  };
  const markAllRead = async () => {
    await ask('POST', '/v1/me/notifications/read-all');
    await readAgain();
  };

  return (
    <section class="panel inbox" aria-labelledby="inbox-heading">
      <div class="panel-head">
        <h2 id="inbox-heading">
          {t.heading}{' '}
          {unread > 0 && (
            <span class="badge" aria-label={t.unread(unread)}>
              {unread}
            </span>
          )}
        </h2>
        {unread > 0 && (
          <button class="quiet" type="button" disabled={busy} onClick={() => act(markAllRead)}>
            {t.markAll}
          </button>
        )}
      </div>
      <div role="alert">{told && <p class="notice bad">{told}</p>}</div>
      {inbox.length === 0 && <p class="empty">{t.empty}</p>}
      <ul>
        {inbox.map((notification) => (
          <Message
            key={notification.id}
            notification={notification}
            onOpen={() => act(() => markRead(notification))}
          />
        ))}
      </ul>
    </section>
  );
}

function Message(props: { notification: Notification; onOpen: () => void }) {
  const { texts, locale } = useLanguage();
  const { notification, onOpen } = props;
  const unread = notification.readAt === null;
  return (
    <li class={unread ? 'unread' : undefined}>
      <details onToggle={(event) => event.currentTarget.open && onOpen()}>
        <summary>
          {unread && <span class="hidden">{texts.inbox.isUnread}</span>}
          <span class="title">{notification.title}</span>
          <time dateTime={notification.createdAt}>
            {formatMoment(notification.createdAt, locale)}
          </time>
        </summary>
        <p>{notification.body}</p>
      </details>
    </li>
  );
}
