import { z } from 'zod';
import { defineUserEvent } from './define-user-event.js';
import { ownTimeZone, recipient, userId } from './recipient.js';

/** A person changed what we know of how to speak to them. */
export const userProfileChanged = defineUserEvent(
  'user.profile-changed.v1',
  z
    .object({
      userId,
      displayName: recipient.displayName,
      locale: recipient.locale,
      timeZone: ownTimeZone,
      tips: z.boolean().describe('whether the person wants mails with tips'),
      profileVersion: z
        .number()
        .int()
        .positive()
        .describe(
          'rises with every change; one that is lower than a version already seen is out of date',
        ),
    })
    .meta({
      description:
        'A person changed name, language, time zone, or whether they want tips. Written by the API in the transaction of the change: `PATCH /v1/me`, or the link that ends tips.',
      examples: [
        {
          userId: '01a20677-33a0-75c5-8269-bdf2d3c9e03f',
          displayName: 'Mei',
          locale: 'zh-CN',
          timeZone: 'Asia/Shanghai',
          tips: true,
          profileVersion: 2,
        },
      ],
    }),
);
