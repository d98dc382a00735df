import type { Database } from '#libs/database';
import type { LineRow } from '../../line/fleet.js';
import type { LineState } from '../../line/progress.js';

/** What all instances have said, and what the database's clock says, in milliseconds since 1970. */
export interface Heard {
  readonly rows: readonly LineRow[];
  readonly now: number;
}

type Row = { [Column in keyof LineRow]: LineRow[Column] | null } & { now: number };

const READ = `
  SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now, instance,
         extract(epoch FROM at)::float8 * 1000 AS at, issued::float8, served::float8, due::float8,
         gone::float8, rate, tail::float8
    FROM (SELECT) AS always LEFT JOIN accounts.lines ON at > clock_timestamp() - interval '1 hour'`;

const WRITE = `
  WITH own AS (
    INSERT INTO accounts.lines (instance, at, issued, served, due, gone, rate, tail, length, returned_ratio)
    VALUES ($1, to_timestamp($2::float8 / 1000), $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (instance) DO UPDATE
       SET (at, issued, served, due, gone, rate, tail, length, returned_ratio) =
           (excluded.at, excluded.issued, excluded.served, excluded.due, excluded.gone, excluded.rate,
            excluded.tail, excluded.length, excluded.returned_ratio))
  ${READ}`;

/** Tells the other instances about this one's line, if it has one, and hears from all. */
export async function exchangeRows(
  database: Database,
  own?: { row: LineRow; state: LineState },
): Promise<Heard> {
  const found = own
    ? await database.query<Row>(WRITE, valuesOf(own))
    : await database.query<Row>(READ);
  return {
    now: found[0]!.now,
    rows: found.filter(({ instance }) => instance !== null) as (LineRow & Row)[],
  };
}

const valuesOf = ({ row, state }: { row: LineRow; state: LineState }) => [
  row.instance,
  row.at,
  row.issued,
  row.served,
  row.due,
  row.gone,
  row.rate,
  Math.round(row.tail),
  state.length,
  state.returnedRatio,
];
