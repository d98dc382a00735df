import { setTimeout as delay } from 'node:timers/promises';
import type { OpenTransaction } from '#libs/messaging';
import type { Database } from './database.js';
import { advisoryLockHolder } from './lock-wait.js';

// Any number that nobody else locks; it reads "usher" in ASCII.
const MIGRATION_LOCK = 0x7573686572;
const POLL_INTERVAL_MS = 500;

/**
 * Lets one process at a time migrate. The lock is held by a transaction that stays open, which a pooler in
 * transaction mode leaves on one connection, and ends with it.
 */
export class MigrationLock {
  private constructor(private readonly transaction: OpenTransaction) {}

  /**
   * Waits until no other process migrates.
   * @throws Error when another one does for longer than `waitMs`
   */
  static async take(
    database: Database,
    waitMs: number,
    onProgress: (line: string) => void,
  ): Promise<MigrationLock> {
    const deadline = Date.now() + waitMs;
    for (let named = ''; ;) {
      const lock = await MigrationLock.tryToTake(database);
      if (lock) return lock;
      const holder = (await advisoryLockHolder(database, MIGRATION_LOCK)) ?? named;
      if (Date.now() > deadline) throw new Error(`Another migration goes on, by ${holder}.`);
      if (holder !== named) onProgress(`waiting for another migration, by ${holder}`);
      named = holder;
      await delay(POLL_INTERVAL_MS);
    }
  }

  private static async tryToTake(database: Database): Promise<MigrationLock | undefined> {
    const transaction = await database.begin();
    try {
      // CREATE INDEX CONCURRENTLY waits for every transaction that has a snapshot. So that this one keeps none,
      // it is READ COMMITTED, and its statements have no parameters: one that has keeps its snapshot until the next.
      await transaction.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await transaction.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      const [row] = await transaction.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS locked`,
      );
      if (row?.locked) return new MigrationLock(transaction);
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
    await transaction.rollback();
    return undefined;
  }

  /** So that nobody on the way takes the connection for dead. Takes no snapshot. @throws Error when the lock is lost */
  async keepAlive(): Promise<void> {
    await this.transaction.query('SHOW server_version');
  }

  async release(): Promise<void> {
    await this.transaction.rollback();
  }
}
