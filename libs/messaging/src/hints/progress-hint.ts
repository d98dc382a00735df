import { z } from 'zod';

export const MAX_USERS_OF_A_HINT = 1_000;

/** The hint that something has changed in these users' part of the delivery ledger. */
export const progressHint = z.object({ userIds: z.array(z.uuid()).max(MAX_USERS_OF_A_HINT) });
