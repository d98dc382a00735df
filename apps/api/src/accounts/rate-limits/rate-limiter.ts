import type { Database } from '#libs/database';
import { createHmac } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../../http/problem.js';
import type { Rate } from '#libs/service-defaults';

/** What is counted, and how. */
export interface Counting {
  /** Sets its counts apart from those of others. */
  readonly name: string;
  /** `off` counts nothing. */
  readonly rate: Rate | 'off';
  /**
   * Keeps in memory who has used up the rate, so that a flood costs the database nothing. Not for counts
   * that may be forgotten before their time: other instances would not hear of it.
   */
  readonly blocksInMemory: boolean;
}

/**
 * Counts in PostgreSQL, each count one statement of its own, so that all instances share them. Who is
 * counted is kept as an HMAC: the table tells no address of a person or a machine.
 */
export class RateLimiter {
  private readonly limiter: RateLimiterPostgres | undefined;

  constructor(
    database: Database,
    private readonly hmacKey: Buffer,
    { name, rate, blocksInMemory }: Counting,
  ) {
    if (rate === 'off') return;
    this.limiter = new RateLimiterPostgres({
      storeClient: clientOf(database),
      storeType: 'client',
      schemaName: 'accounts',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: name,
      points: rate.count,
      duration: rate.perMs / 1_000,
      ...(blocksInMemory && { inMemoryBlockOnConsumed: rate.count }),
    });
  }

  /** Counts one. @throws Problem `rate_limited` when it is one too many */
  async consume(subject: string): Promise<void> {
    try {
      await this.limiter?.consume(this.key(subject));
    } catch (error) {
      throw error instanceof RateLimiterRes ? rateLimited(error) : error;
    }
  }

  /** Counts nothing. @throws Problem `rate_limited` when the rate is used up */
  async check(subject: string): Promise<void> {
    const count = await this.limiter?.get(this.key(subject));
    if (count && count.remainingPoints <= 0) throw rateLimited(count);
  }

  /** Counts one and refuses nothing. */
  async count(subject: string): Promise<void> {
    await this.limiter?.penalty(this.key(subject));
  }

  async forget(subject: string): Promise<void> {
    await this.limiter?.delete(this.key(subject));
  }

  private key(subject: string): string {
    return createHmac('sha256', this.hmacKey).update(subject).digest('base64url');
  }
}

const rateLimited = ({ msBeforeNext }: RateLimiterRes) =>
  new Problem('rate_limited', undefined, {
    retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
  });

/** As much of a client of `pg` as the limiter uses. */
const clientOf = (database: Database) => ({
  query: async ({ text, values }: { text: string; values: unknown[] }) => {
    const rows = await database.query(text, values);
    return { rows, rowCount: rows.length };
  },
});
