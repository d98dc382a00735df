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
