import { z } from 'zod';
import { userAnswer } from '../users/user.schema.js';

/** A session that has just begun. */
const newSession = z.strictObject({ token: z.string(), expiresAt: z.iso.datetime() });

/** A person who is logged in now. */
export const loggedInAnswer = z.strictObject({ user: userAnswer, session: newSession });

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
