import type { Locale } from '#libs/contracts';
import type { Transaction } from '#libs/database';
import { USER_COLUMNS, type UserRow } from '../users/user.js';

/** An account as a change of its address has to know it. */
export interface ChangingRow extends UserRow {
  email_version: number;
  credential_version: number;
}

export const CHANGING_COLUMNS = `${USER_COLUMNS}, email_version, credential_version`;

/** The account, locked until the transaction ends. */
export async function lockAccount(
  transaction: Transaction,
  userId: string,
): Promise<ChangingRow | undefined> {
  const [row] = await transaction.query<ChangingRow>(
    `SELECT ${CHANGING_COLUMNS} FROM accounts.users WHERE id = $1 FOR UPDATE`,
    [userId],
  );
  return row;
}

/** What a mail has to know of the account, at one of its addresses. */
export const recipientOf = (
  { id, display_name: displayName, locale }: ChangingRow,
  email: string,
): { userId: string; email: string; displayName: string; locale: Locale } => ({
  userId: id,
  email,
  displayName,
  locale,
});

/** What events about the account have in common. */
export const contextOf = (userId: string, requestId: string) => ({
  source: 'api',
  subject: userId,
  correlationId: requestId,
});
