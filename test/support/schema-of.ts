import type { Sql } from '#libs/database';

/** Columns, constraints, indexes, triggers and functions of a schema, as lines in their order. */
export const schemaOf = (sql: Sql, schema = 'messaging') =>
  sql.query<{ what: string }>(
    `
    SELECT what FROM (
      SELECT format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
                    attnotnull, pg_get_expr(adbin, adrelid)) AS what
        FROM pg_attribute JOIN pg_class AS t ON t.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT format('%s.%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
        FROM pg_constraint WHERE connamespace = $1::regnamespace AND contype <> 'n'
      UNION ALL
      SELECT format('%s %s', pg_get_indexdef(indexrelid), indisvalid)
        FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid WHERE relnamespace = $1::regnamespace
      UNION ALL
      SELECT pg_get_triggerdef(g.oid) FROM pg_trigger AS g JOIN pg_class AS t ON t.oid = tgrelid
       WHERE relnamespace = $1::regnamespace
      UNION ALL
      SELECT proname FROM pg_proc WHERE pronamespace = $1::regnamespace
    ) AS things ORDER BY what`,
    [schema],
  );
