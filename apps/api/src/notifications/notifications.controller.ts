import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import { notFound } from '../http/problem.js';
import { FromSession, SessionGuard } from '../http/session.guard.js';
import type { CurrentSession } from '../sessions/session-store.js';
import { NotificationsQuery } from './notifications.query.js';

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** The id of the last notification of the page before. */
  cursor: z.uuid().optional(),
});

const readBody = z.strictObject({ read: z.boolean() });

@Controller('v1/me/notifications')
@UseGuards(SessionGuard)
export class NotificationsController {
  constructor(private readonly notifications: NotificationsQuery) {}

  @Get()
  async list(
    @FromSession() { userId }: CurrentSession,
    @Query({ schema: pageQuery }) { limit, cursor }: z.output<typeof pageQuery>,
  ) {
    const [rows, unread] = await Promise.all([
      this.notifications.page(userId, limit, cursor),
      this.notifications.unread(userId),
    ]);
    const items = rows.slice(0, limit);
    return { items, unread, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
  }

  @Patch(':id')
  async mark(
    @FromSession() { userId }: CurrentSession,
    @Param('id') id: string,
    @Body({ schema: readBody }) { read }: z.output<typeof readBody>,
  ) {
    const notification = isUuid(id) && (await this.notifications.mark(userId, id, read));
    if (!notification) throw notFound();
    return notification;
  }

  @Post('read-all')
  @HttpCode(204)
  async markAllRead(@FromSession() { userId }: CurrentSession) {
    await this.notifications.markAllRead(userId);
  }
}
