import { z } from 'zod';

export const notification = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  title: z.string(),
  body: z.string(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
});

/** A page of the inbox, newest first. */
export const notificationPage = z.strictObject({
  items: z.array(notification),
  unread: z.int().min(0),
  nextCursor: z.uuid().nullable(),
});
