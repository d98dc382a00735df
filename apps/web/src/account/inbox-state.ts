import type { Notification } from '../api/types.js';

/** With one more, or with a newer state of one: newest first, as the ids (UUIDv7) sort by time. */
export function withNotification(
  inbox: readonly Notification[],
  notification: Notification,
): readonly Notification[] {
  return [...inbox.filter(({ id }) => id !== notification.id), notification].toSorted((a, b) =>
    a.id < b.id ? 1 : -1,
  );
}

export const unreadOf = (inbox: readonly Notification[]): number =>
  inbox.filter(({ readAt }) => readAt === null).length;
