import { randomInt } from 'node:crypto';

/** Ten random letters, so that tests that share a broker or a server do not share names. */
export const randomName = (): string =>
  Array.from({ length: 10 }, () => String.fromCharCode(97 + randomInt(26))).join('');
