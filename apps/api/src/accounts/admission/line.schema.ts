import { z } from 'zod';

/** Where the owner of a ticket stands; `place` is 0 at the turn or after it. */
export const placeAnswer = z.strictObject({
  place: z.int().min(0),
  turnAt: z.iso.datetime({ precision: 3 }),
  expectedWaitSeconds: z.number().min(0),
});
