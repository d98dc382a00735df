import { z } from 'zod';

/** A session that has just begun. */
export const newSession = z.strictObject({ token: z.string(), expiresAt: z.iso.datetime() });

/** The sessions of a person. */
export const sessionList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.uuid(),
      createdAt: z.iso.datetime(),
      lastSeenAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
      userAgent: z.string().nullable(),
      current: z.boolean(),
    }),
  ),
});
