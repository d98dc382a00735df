import type { Sql } from '#libs/messaging';

/** Holders that are named; the others wait for them, or hold the same. */
const MAX_HOLDERS = 5;

const HOLDER = `h.pid, a.application_name AS application, a.usename AS role, a.backend_type AS kind, a.xact_start AS since`;
const AND_ITS_ACTIVITY = `LEFT JOIN pg_stat_activity AS a ON a.pid = h.pid`;

interface Holder {
  readonly pid: number;
  readonly application: string | null;
  readonly role: string | null;
  readonly kind: string | null;
  readonly since: Date | null;
}

/**
 * What the process waits for and who holds it, without the texts of statements; undefined when it does not wait.
 * Of another role's process, PostgreSQL says less to a role without pg_read_all_stats.
 * https://www.postgresql.org/docs/current/view-pg-locks.html
 */
export async function lockWait(sql: Sql, pid: number): Promise<string | undefined> {
  const holders = await sql.query<Holder & { lock: string }>(
    `SELECT coalesce(w.relation::regclass::text, w.locktype) || ' (' || w.mode || ')' AS lock, ${HOLDER}
       FROM (SELECT relation, locktype, mode, pg_blocking_pids(pid) AS pids
               FROM pg_locks WHERE pid = $1 AND NOT granted LIMIT 1) AS w
      CROSS JOIN unnest(w.pids) AS h (pid) ${AND_ITS_ACTIVITY}
      ORDER BY since NULLS LAST LIMIT ${MAX_HOLDERS}`,
    [pid],
  );
  return holders[0] && `${holders[0].lock}, held by ${holders.map(describe).join('; ')}`;
}

/** Who holds an advisory lock of one 64-bit key in this database; undefined when nobody does any more. */
export async function advisoryLockHolder(sql: Sql, key: number): Promise<string | undefined> {
  const [holder] = await sql.query<Holder>(
    `SELECT ${HOLDER} FROM pg_locks AS h ${AND_ITS_ACTIVITY}
      WHERE h.locktype = 'advisory' AND h.granted AND h.objsubid = 1
        AND h.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (h.classid::bigint << 32 | h.objid::bigint) = $1::bigint`,
    [key],
  );
  return holder && describe(holder);
}

function describe({ pid, application, role, kind, since }: Holder): string {
  if (pid === 0) return 'a prepared transaction (see pg_prepared_xacts)';
  const what = application || (kind === 'client backend' ? '' : kind);
  const details = [what, role && `role ${role}`, since && `since ${since.toISOString()}`];
  return `process ${pid} (${details.filter(Boolean).join(', ')})`;
}
