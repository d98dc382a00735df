import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppliedMigrations, Migration } from './applied-migrations.js';
import { Database } from './database.js';
import { lockWait } from './lock-wait.js';
import type { MigrationLock } from './migration-lock.js';

/** Several times within a lock timeout. */
const WATCH_INTERVAL_MS = 250;

/** The attempts to apply one migration. */
export class MigrationAttempts {
  private readonly database: Database;
  private readonly change: MigrationInterface;
  private lastWait: string | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: MigrationLock,
    private readonly applied: AppliedMigrations,
    readonly migration: Migration,
    private readonly onProgress: (line: string) => void,
  ) {
    this.database = new Database(dataSource);
    this.change = new migration(onProgress);
  }

  /** So that nothing is kept of an attempt that failed. */
  get isInTransaction(): boolean {
    return this.change.transaction !== false;
  }

  /** What the migration waited for last, and who held it. */
  get waitsFor(): string {
    return this.lastWait ?? 'a lock that was held too shortly to be looked at';
  }

  /**
   * Applies the migration in a transaction, unless it asks for none. Then there is no lock timeout either:
   * CREATE INDEX CONCURRENTLY waits for everybody and holds up nobody.
   * @throws Error with SQLSTATE 55P03 when a lock was not to be had in time
   */
  async next(lockTimeoutMs: number): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      if (!this.isInTransaction) {
        await this.apply(runner);
      } else {
        await runner.startTransaction('READ COMMITTED');
        // A role may have a time limit, which fits the statements of the apps.
        await runner.query(
          `SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL statement_timeout = '1h'`,
        );
        await this.apply(runner);
        await runner.commitTransaction();
      }
    } catch (error) {
      // A connection that broke has rolled back already.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async apply(runner: QueryRunner): Promise<void> {
    const [{ pid }] = (await runner.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
    const ended = new AbortController();
    const results = await Promise.allSettled([
      this.change.up(runner).finally(() => ended.abort()),
      this.watch(pid, ended.signal),
    ]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    const { sql, parameters } = this.applied.remember(this.migration.name);
    await runner.query(sql, parameters);
  }

  private async watch(pid: number, ended: AbortSignal): Promise<void> {
    for (;;) {
      await delay(WATCH_INTERVAL_MS, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return;
      await this.lock.keepAlive();
      // Not by the transaction of the lock: CREATE INDEX CONCURRENTLY would wait for its end.
      const wait = await lockWait(this.database, pid);
      if (wait === undefined || wait === this.lastWait) continue;
      this.lastWait = wait;
      this.onProgress(`${this.migration.name} waits for ${wait}`);
    }
  }
}
