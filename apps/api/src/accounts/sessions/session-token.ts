import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** 256 random bits in base64url: what the person holds. */
export const newSessionToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** SHA-256 of the token: what the database holds. Random tokens need no salt and no slow hash. */
export const hashSessionToken = (token: string): Buffer =>
  createHash('sha256').update(token).digest();
