import { Injectable } from '@nestjs/common';
import {
  userEmailChanged,
  userEmailVerified,
  userProfileChanged,
  type Locale,
} from '#libs/contracts';
import { Database } from '#libs/database';

/** What is known of a person at this moment. */
export interface KnownRecipient {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
  readonly locale: Locale;
  readonly isVerified: boolean;
  readonly wantsTips: boolean;
}

/** The people whom mails are sent to later, as far as events say. */
@Injectable()
export class Recipients {
  constructor(private readonly database: Database) {}

  /**
   * What is true of the person now. An event that was committed and is still on its way here counts as well: somebody
   * who has just verified their address gets no reminder.
   * @returns undefined when nothing says what their address is
   */
  async find(userId: string): Promise<KnownRecipient | undefined> {
    const [row] = await this.database.query<KnownRecipient>(
      `SELECT r.user_id AS "userId",
              coalesce(
                (SELECT data ->> 'email' FROM messaging.outbox
                  WHERE subject = $1 AND type = $4 AND (data ->> 'emailVersion')::int > r.email_version
                  ORDER BY (data ->> 'emailVersion')::int DESC LIMIT 1),
                r.email) AS email,
              r.display_name AS "displayName", r.locale,
              r.verified_at IS NOT NULL OR EXISTS
                (SELECT FROM messaging.outbox WHERE subject = $1 AND type = $2) AS "isVerified",
              coalesce(
                (SELECT (data ->> 'tips')::boolean FROM messaging.outbox
                  WHERE subject = $1 AND type = $3 AND (data ->> 'profileVersion')::int > r.profile_version
                  ORDER BY (data ->> 'profileVersion')::int DESC LIMIT 1),
                r.tips, true) AS "wantsTips"
         FROM email.recipients AS r WHERE r.user_id = $1::uuid AND r.email IS NOT NULL`,
      [userId, userEmailVerified.type, userProfileChanged.type, userEmailChanged.type],
    );
    return row;
  }
}
