import type { Locale } from '#libs/contracts';
import type { Sql } from '#libs/database';

/** The owner of an address, as far as mail to them and their password are concerned. */
export interface AddressOwner {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  readonly locale: Locale;
  readonly credentialVersion: number;
  readonly emailVerified: boolean;
}

/** The owner of an address in its canonical form. */
export async function findOwner(sql: Sql, email: string): Promise<AddressOwner | undefined> {
  const [row] = await sql.query<AddressOwner>(
    `SELECT id AS "userId", email, display_name AS "displayName", locale,
            credential_version AS "credentialVersion", email_verified_at IS NOT NULL AS "emailVerified"
       FROM accounts.users WHERE email = $1`,
    [email],
  );
  return row;
}
