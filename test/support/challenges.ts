import { solveChallenge, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Answer } from './api-client.js';

/** Solves a challenge as a client does. @returns what the sign-up carries as `challenge` */
export async function solve(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  return encode({ challenge, solution });
}

export const encode = (payload: object): string =>
  Buffer.from(JSON.stringify(payload)).toString('base64');

/** The solution of the challenge that an answer carries. */
export const solutionOf = ({ status, body }: Answer): Promise<string> => {
  if (status !== 428) throw new Error(`expected 428, but: ${status} ${body.code}`);
  return solve(body.challenge);
};
