import { z } from 'zod';

/** The hint that something has changed in a user's part of the delivery ledger. */
export const progressHint = z.object({ userId: z.uuid() });
