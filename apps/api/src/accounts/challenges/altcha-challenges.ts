import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { deriveKey as deriveSecret } from '#libs/link-tokens';
import { currentTime, Messaging } from '#libs/messaging';
import { createChallenge, randomInt, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import { ApiConfig } from '../../api.config.js';
import { Challenges, type SolvedChallenge } from './challenges.js';

/** So long a solution is good, beside the longest wait in the line: it comes again with the sign-up at its turn. */
const LIFETIME_MS = 600_000;
/** A client tries so many keys, within 5 s on a phone of 2019. One key is what a challenge costs the API. */
const WORK = { iterations: 2_000, leastKeys: 500, mostKeys: 1_500 };

const hex = z.string().regex(/^[0-9a-f]{2,256}$/);
const payload = z.object({
  challenge: z.object({
    parameters: z.object({
      algorithm: z.string().max(40),
      nonce: hex,
      salt: hex,
      cost: z.int(),
      keyLength: z.int(),
      keyPrefix: hex,
      keySignature: hex,
      expiresAt: z.int(),
    }),
    signature: hex,
  }),
  solution: z.object({ counter: z.int().min(0), derivedKey: hex, time: z.number().optional() }),
});

/** Proof of work by ALTCHA (https://altcha.org, version 2). */
@Injectable()
export class AltchaChallenges extends Challenges {
  private readonly lifetimeMs: number;
  private readonly secret: string;
  private readonly keySecret: string;

  constructor(
    { LINK_SIGNING_KEY, LINE_LIMIT }: ApiConfig,
    private readonly messaging: Messaging,
    private readonly database: Database,
  ) {
    super();
    this.lifetimeMs = LIFETIME_MS + LINE_LIMIT;
    this.secret = deriveSecret(LINK_SIGNING_KEY, 'challenge').toString('hex');
    this.keySecret = deriveSecret(LINK_SIGNING_KEY, 'challenge key').toString('hex');
  }

  async create(): Promise<object> {
    const now = await currentTime(this.messaging, this.database);
    return createChallenge({
      algorithm: 'PBKDF2/SHA-256',
      cost: WORK.iterations,
      counter: randomInt(WORK.mostKeys, WORK.leastKeys),
      deriveKey,
      expiresAt: new Date(now.getTime() + this.lifetimeMs),
      hmacSignatureSecret: this.secret,
      hmacKeySignatureSecret: this.keySecret,
    });
  }

  async check(text: string): Promise<SolvedChallenge | undefined> {
    const { challenge, solution } = read(text) ?? {};
    if (!challenge || !solution) return undefined;
    const { verified } = await verifySolution({
      challenge,
      solution,
      deriveKey,
      hmacSignatureSecret: this.secret,
      hmacKeySignatureSecret: this.keySecret,
    });
    const expiresAt = new Date(challenge.parameters.expiresAt * 1_000);
    if (!verified) return undefined;
    // The library goes by the server's clock, and we by that of the database.
    const now = await currentTime(this.messaging, this.database);
    return now < expiresAt ? { id: challenge.parameters.nonce, expiresAt } : undefined;
  }
}

/** Base64 of JSON, as ALTCHA has it. */
function read(text: string): z.infer<typeof payload> | undefined {
  try {
    return payload.safeParse(JSON.parse(Buffer.from(text, 'base64').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
