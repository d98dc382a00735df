import { interestTag, locale } from '#libs/contracts';
import { z } from 'zod';

/** A person as they see themselves. */
export const userAnswer = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  displayName: z.string(),
  interests: z.array(interestTag),
  locale,
  timeZone: z.string().nullable(),
  tips: z.boolean(),
  emailVerified: z.boolean(),
  createdAt: z.iso.datetime(),
});

/** What is said to whoever may not be told more. */
export const checkYourEmail = z.strictObject({ status: z.literal('check_your_email') });
