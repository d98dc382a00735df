import { createHash } from 'node:crypto';

/** Further texts are parsed and planned each time they are sent. */
const MAX_PREPARED = 500;

const names = new Map<string, string>();

/**
 * The name under which a connection keeps a statement parsed and planned, from its first use on. It is a hash
 * of the text, so that one name means one text in every process that may share a server connection:
 * https://www.postgresql.org/docs/current/sql-prepare.html
 */
export function preparedName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size === MAX_PREPARED) return known;
  const name = `usher_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
  names.set(sql, name);
  return name;
}
