import { z } from 'zod';

const TOKEN_MAX_CHARACTERS = 2_000;

/** The token that the link in a mail carries after `#token=`. */
export const linkToken = z.string().min(1).max(TOKEN_MAX_CHARACTERS);
