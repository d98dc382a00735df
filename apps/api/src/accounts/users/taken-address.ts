import type { Sql } from '#libs/database';

/** Whether the address `$1` is taken: by an account, or by one that has left it and may take it back. */
export const IS_TAKEN = `(EXISTS (SELECT FROM accounts.users WHERE email = $1)
  OR EXISTS (SELECT FROM accounts.reserved_addresses WHERE address = $1 AND until > messaging.now()))`;

/** Whether an address is another account's, or is kept for another account. */
export async function isTakenForOthers(sql: Sql, email: string, userId: string): Promise<boolean> {
  const [row] = await sql.query<{ taken: boolean }>(
    `SELECT EXISTS (SELECT FROM accounts.users WHERE email = $1 AND id <> $2)
         OR EXISTS (SELECT FROM accounts.reserved_addresses
                     WHERE address = $1 AND user_id <> $2 AND until > messaging.now()) AS taken`,
    [email, userId],
  );
  return row!.taken;
}

/** Whether an account has left an address and may take it back. */
export async function isReserved(sql: Sql, email: string): Promise<boolean> {
  const [row] = await sql.query(
    'SELECT 1 FROM accounts.reserved_addresses WHERE address = $1 AND until > messaging.now()',
    [email],
  );
  return row !== undefined;
}
