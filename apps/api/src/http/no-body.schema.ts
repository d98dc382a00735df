import { z } from 'zod';

/** There is nothing to say; whoever says something else is told. */
export const noBody = z.strictObject({}).optional();
