import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '#libs/database';
import { deriveKey } from '#libs/link-tokens';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiConfig } from '../../api.config.js';
import type { SignUpBody } from './signups.schema.js';

const KEPT_FOR = `interval '24 hours'`;

/** A key that was used before, and for whom. */
export interface UsedKey {
  /** Nobody's, when a private sign-up used it. */
  readonly userId: string | null;
  readonly requestHmac: Buffer;
}

/** Remembers for 24 hours which sign-up an Idempotency-Key stood for, without remembering the password. */
@Injectable()
export class IdempotencyKeys {
  private readonly hmacKey: Buffer;

  constructor(
    private readonly database: Database,
    { LINK_SIGNING_KEY }: ApiConfig,
  ) {
    this.hmacKey = deriveKey(LINK_SIGNING_KEY, 'idempotency key');
  }

  /**
   * Takes the key for a user who is about to be written, or for nobody yet, as the first statement of that transaction, so
   * that a parallel request with the same key waits here. Answers whether it was free.
   */
  async take(sql: Sql, key: string, userId: string | null, body: SignUpBody): Promise<boolean> {
    const rows = await sql.query(
      `INSERT INTO accounts.idempotency_keys AS k (key, user_id, request_hmac, created_at)
       VALUES ($1, $2, $3, messaging.now())
       ON CONFLICT (key) DO UPDATE
          SET user_id = excluded.user_id, request_hmac = excluded.request_hmac,
              created_at = excluded.created_at
        WHERE k.created_at < excluded.created_at - ${KEPT_FOR}
       RETURNING key`,
      [key, userId, this.hmac(body)],
    );
    return rows.length > 0;
  }

  async find(key: string): Promise<UsedKey | undefined> {
    const [row] = await this.database.query<{ user_id: string | null; request_hmac: Buffer }>(
      `SELECT user_id, request_hmac FROM accounts.idempotency_keys
        WHERE key = $1 AND created_at >= messaging.now() - ${KEPT_FOR}`,
      [key],
    );
    return row && { userId: row.user_id, requestHmac: row.request_hmac };
  }

  /** Whether the key was used for this very body, its password aside. */
  matches({ requestHmac }: UsedKey, body: SignUpBody): boolean {
    return timingSafeEqual(requestHmac, this.hmac(body));
  }

  /** What came later to a sign-up counts only where it is given: a key of the version before stays good. */
  private hmac({ email, displayName, interests, locale, country, timeZone }: SignUpBody): Buffer {
    const canonical = JSON.stringify([
      email,
      displayName,
      interests,
      locale,
      country ?? null,
      ...(timeZone === undefined ? [] : [{ timeZone }]),
    ]);
    return createHmac('sha256', this.hmacKey).update(canonical).digest();
  }
}
