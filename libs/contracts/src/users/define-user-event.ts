import { defineEvent, type EventDefinition } from '#libs/messaging';
import { z } from 'zod';

/** What the names of Usher's exchanges, metrics and schemas begin with. */
export const PREFIX = 'usher';

/** Defines an event about one person: the subject is the user's id, which `data.userId` repeats. */
export const defineUserEvent = <Type extends string, Data extends z.ZodType>(
  type: Type,
  data: Data,
): EventDefinition<Type, Data> =>
  defineEvent(type, data, {
    prefix: PREFIX,
    subject: { schema: z.uuid().describe("the user's id"), field: 'userId' },
  });
