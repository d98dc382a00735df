import { z } from 'zod';

/** Names an item of the catalogue. */
export const itemId = z
  .string()
  .regex(/^[^\s\p{C}\uFFFD]{1,100}$/u, 'expected 1 to 100 characters without spaces');
