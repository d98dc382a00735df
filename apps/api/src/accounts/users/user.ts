import type { Locale } from '#libs/contracts';

/** The columns of `accounts.users` that make a {@link User}. */
export const USER_COLUMNS =
  'id, email, display_name, interests, locale, time_zone, tips, email_verified_at, created_at';

export interface UserRow {
  id: string;
  email: string;
  display_name: string;
  interests: string[];
  locale: Locale;
  time_zone: string | null;
  tips: boolean;
  email_verified_at: Date | null;
  created_at: Date;
}

/** A person as they see themselves. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly interests: readonly string[];
  readonly locale: Locale;
  /** An IANA name; null: the person has not said. */
  readonly timeZone: string | null;
  /** Whether the person wants mails with tips. */
  readonly tips: boolean;
  readonly emailVerified: boolean;
  readonly createdAt: Date;
}

export const toUser = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  displayName: row.display_name,
  interests: row.interests,
  locale: row.locale,
  timeZone: row.time_zone,
  tips: row.tips,
  emailVerified: row.email_verified_at !== null,
  createdAt: row.created_at,
});
