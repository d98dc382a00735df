import { findPgbouncer, type PoolMode } from '../../tools/embedded-stack/src/parts/pgbouncer.js';

/** Before 1.21 a PgBouncer in transaction mode cannot hold prepared statements. */
export const PGBOUNCER_VERSIONS = ['1.18', '1.24'] as const;

/** Every version in every mode. */
export const POOLERS = PGBOUNCER_VERSIONS.flatMap((version) =>
  (['session', 'transaction'] as const satisfies PoolMode[]).map((mode) => ({ version, mode })),
);

/**
 * `describe`, skipped with a line when that PgBouncer cannot be had here; in CI it has to be. With
 * DATABASE_POOLER it would stand behind another one, which nobody promises to work.
 */
export function describeWithPgbouncer(version: string): jest.Describe {
  if (process.env['DATABASE_POOLER']) return describe.skip;
  try {
    findPgbouncer(version);
    return describe;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    process.stderr.write(`Skipped: PgBouncer ${version} cannot be had on this machine.\n`);
    return describe.skip;
  }
}
