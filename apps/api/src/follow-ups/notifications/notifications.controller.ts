import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { Response } from 'express';
import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import { type CurrentSession, FromSession, RequiresSession } from '../../accounts/index.js';
import { notFound } from '../../http/problem.js';
import { noBody } from '../../http/no-body.schema.js';
import { OpenStreams } from '../live/open-streams.js';
import { DocumentedStream } from '../../openapi/documented-stream.decorator.js';
import { Documented } from '../../openapi/documented.decorator.js';
import { InboxStreams } from './inbox-streams.js';
import { NotificationsQuery } from './notifications.query.js';
import { notification as notificationAnswer, notificationPage } from './notifications.schema.js';

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** The id of the last notification of the page before. */
  cursor: z.uuid().optional(),
});

const readBody = z.strictObject({ read: z.boolean() });

@Controller('v1/me/notifications')
@RequiresSession()
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsQuery,
    private readonly streams: OpenStreams,
    private readonly inboxes: InboxStreams,
  ) {}

  @Get()
  @Documented('A page of the inbox, newest first', { 200: notificationPage }, 'validation_failed')
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

  @Get('stream')
  @DocumentedStream('The inbox as it changes: first the newest notifications', {
    notification: 'one notification; the id is its own',
    unread: 'how many are unread',
  })
  watch(
    @FromSession() session: CurrentSession,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): void {
    const stream = this.streams.open(session, response);
    const seen = lastEventId !== undefined && isUuid(lastEventId) ? lastEventId : undefined;
    this.inboxes.watch(session.userId, stream, seen);
  }

  @Patch(':id')
  @Documented(
    'Marks one as read or unread',
    { 200: notificationAnswer },
    'not_found',
    'validation_failed',
  )
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
  @Documented('Marks all as read', { 204: null }, 'validation_failed')
  async markAllRead(
    @FromSession() { userId }: CurrentSession,
    @Body({ schema: noBody }) _body: z.output<typeof noBody>,
  ) {
    await this.notifications.markAllRead(userId);
  }
}
