/** Further texts are parsed and planned anew each time they are sent. */
const MAX_PREPARED = 500;

const names = new Map<string, string>();

/**
 * The name under which a connection keeps a statement parsed and planned, from its first use on:
 * https://www.postgresql.org/docs/current/sql-prepare.html
 */
export function preparedName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size === MAX_PREPARED) return known;
  const name = `usher_${names.size + 1}`;
  names.set(sql, name);
  return name;
}
