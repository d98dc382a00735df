import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';

export interface Notification {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly createdAt: Date;
  readonly readAt: Date | null;
}

/** What a live inbox is compared by. */
export interface InboxState {
  readonly unread: number;
  /** Ids, newest first, {@link LIVE_LENGTH} at most. */
  readonly newest: readonly string[];
}

/** A live inbox shows this many; older ones are a page away. */
const LIVE_LENGTH = 20;

const COLUMNS = 'id, kind, title, body, created_at AS "createdAt", read_at AS "readAt"';

/** Reads `notification.notifications`, and writes its `read_at`: the one column there that is the API's. */
@Injectable()
export class NotificationsQuery {
  constructor(private readonly database: Database) {}

  /** Newest first, one more than `limit` when there is a next page. */
  async page(userId: string, limit: number, before: string | undefined): Promise<Notification[]> {
    return this.database.query<Notification>(
      `SELECT ${COLUMNS} FROM notification.notifications
        WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3`,
      [userId, before ?? null, limit + 1],
    );
  }

  async unread(userId: string): Promise<number> {
    const [row] = await this.database.query<{ unread: number }>(
      'SELECT count(*)::int AS unread FROM notification.notifications WHERE user_id = $1 AND read_at IS NULL',
      [userId],
    );
    return row?.unread ?? 0;
  }

  /** The inboxes of many at once, by user. */
  async inboxesOf(userIds: readonly string[]): Promise<Map<string, InboxState>> {
    const rows = await this.database.query<{ user_id: string; unread: number; newest: string[] }>(
      `SELECT u.id AS user_id, i.newest,
              (SELECT count(*)::int FROM notification.notifications
                WHERE user_id = u.id AND read_at IS NULL) AS unread
         FROM unnest($1::uuid[]) AS u (id)
        CROSS JOIN LATERAL (SELECT coalesce(array_agg(n.id ORDER BY n.id DESC), '{}') AS newest
                              FROM (SELECT id FROM notification.notifications WHERE user_id = u.id
                                     ORDER BY id DESC LIMIT $2) AS n) AS i`,
      [userIds, LIVE_LENGTH],
    );
    return new Map(rows.map(({ user_id, unread, newest }) => [user_id, { unread, newest }]));
  }

  async byIds(ids: readonly string[]): Promise<Notification[]> {
    return this.database.query<Notification>(
      `SELECT ${COLUMNS} FROM notification.notifications WHERE id = ANY ($1::uuid[])`,
      [ids],
    );
  }

  /** Marks one as read or unread; a first reading keeps its time. */
  async mark(userId: string, id: string, read: boolean): Promise<Notification | undefined> {
    const [row] = await this.database.query<Notification>(
      `UPDATE notification.notifications
          SET read_at = CASE WHEN $3::boolean THEN coalesce(read_at, now()) END
        WHERE user_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [userId, id, read],
    );
    return row;
  }

  async markAllRead(userId: string): Promise<void> {
    await this.database.query(
      'UPDATE notification.notifications SET read_at = now() WHERE user_id = $1 AND read_at IS NULL',
      [userId],
    );
  }
}
