import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { AppliedMigrations, type Migration } from './applied-migrations.js';
import { Database } from './database.js';
import { MigrationAttempts } from './migration-attempts.js';
import { MigrationLock } from './migration-lock.js';
import { migrations as allMigrations } from './migrations/index.js';

/** How to migrate. */
export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  /** How long a migration may wait for a lock at a time: so long do others queue behind it. */
  readonly lockTimeoutMs?: number;
  /** How long to try again, for each migration. */
  readonly waitMs?: number;
  /** Gets a line when something has to be waited for. */
  readonly onProgress?: (line: string) => void;
}

/** What the pool must have: one holds the migration lock, one migrates, one looks what it waits for. */
export const MIGRATION_CONNECTIONS = 3;

/** Well below what a statement of an app may take, so that none of them fails for a migration that waits. */
const LOCK_TIMEOUT_MS = 2_000;
const WAIT_MS = 15 * 60_000;
const LONGEST_PAUSE_MS = 30_000;

/** A lock was not to be had: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_FAILURES = new Set([
  '55P03', // lock_not_available
  '40P01', // deadlock_detected
]);

/**
 * Brings the schema up to date and answers with the names of the migrations that ran. Processes that migrate at
 * the same time wait for each other. A migration that does not get its locks soon gives way to those who
 * queue behind it, and is tried again.
 * @param dataSource with a pool of at least {@link MIGRATION_CONNECTIONS}
 * @throws MigrationBlockedError when it never got them; the migrations before it are kept
 */
export async function migrate(
  dataSource: DataSource,
  {
    migrations = allMigrations,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    waitMs = WAIT_MS,
    onProgress = () => undefined,
  }: MigrateOptions = {},
): Promise<string[]> {
  const database = new Database(dataSource);
  const lock = await MigrationLock.take(database, waitMs, onProgress);
  try {
    const applied =
      (await AppliedMigrations.find(database)) ?? (await AppliedMigrations.create(database));
    const names = await applied.names(database);
    const pending = migrations.filter(({ name }) => !names.includes(name));
    for (const migration of pending) {
      const attempts = new MigrationAttempts(dataSource, lock, applied, migration, onProgress);
      await untilDone(attempts, lockTimeoutMs, Date.now() + waitMs, onProgress);
    }
    return pending.map(({ name }) => name);
  } finally {
    await lock.release();
  }
}

/** A migration did not get a lock in the time that it was given. */
export class MigrationBlockedError extends Error {
  override name = 'MigrationBlockedError';

  constructor({ migration, waitsFor, isInTransaction }: MigrationAttempts, cause: unknown) {
    const kept = isInTransaction ? 'Nothing of it was kept.' : 'What it has done so far is kept.';
    super(
      `${migration.name} was not applied: it waits for ${waitsFor}. ${kept} Let that process ` +
        'end, or end it by SELECT pg_terminate_backend(<process>), and migrate again.',
      { cause },
    );
  }
}

async function untilDone(
  attempts: MigrationAttempts,
  lockTimeoutMs: number,
  deadline: number,
  onProgress: (line: string) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await attempts.next(lockTimeoutMs);
      return;
    } catch (error) {
      if (!LOCK_FAILURES.has((error as { code: string }).code)) throw error;
      const pauseMs = pauseAfter(attempt, lockTimeoutMs);
      if (Date.now() + pauseMs > deadline) throw new MigrationBlockedError(attempts, error);
      onProgress(
        `${attempts.migration.name} gives way to others; attempt ${attempt + 1} in ${(pauseMs / 1_000).toFixed(1)} s`,
      );
      await delay(pauseMs);
    }
  }
}

/** Twice as long each time, and at least half a lock timeout, in which what has queued gets its turn. */
function pauseAfter(attempt: number, lockTimeoutMs: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, lockTimeoutMs * 2 ** Math.min(attempt - 1, 10));
  return (longest / 2) * (1 + Math.random());
}
