import { Controller } from '@nestjs/common';
import {
  keepRecipient,
  userEmailChanged,
  userEmailVerified,
  userProfileChanged,
  userRegistered,
} from '#libs/contracts';
import { type Delivery, type EventOf, Subscribe } from '#libs/messaging';

type Registered = EventOf<typeof userRegistered>['data'];
type Verified = EventOf<typeof userEmailVerified>['data'];
type EmailChanged = EventOf<typeof userEmailChanged>['data'];
type ProfileChanged = EventOf<typeof userProfileChanged>['data'];

/** The profile and the address of a sign-up; every change raises it. */
const FIRST_VERSION = 1;
/** An event that repeats the profile and does not say of which version: any other wins. */
const NO_VERSION = 0;

const NEWER = 'excluded.profile_version > r.profile_version';
const NEWER_ADDRESS = 'r.email IS NULL OR excluded.email_version > r.email_version';

/**
 * Keeps what mails that come later need to know of a person. The events may come in any order and more than once: each
 * adds what it knows, and of a profile the highest version stays.
 */
@Controller()
export class KeepRecipientHandler {
  @Subscribe(keepRecipient)
  async handle(
    event: EventOf<
      | typeof userRegistered
      | typeof userEmailVerified
      | typeof userEmailChanged
      | typeof userProfileChanged
    >,
    delivery: Delivery,
  ): Promise<void> {
    const { email, emailVersion, verifiedAt, tips, profileVersion, ...profile } = knownBy(
      event.type,
      event.data,
    );
    await delivery.effect(
      `INSERT INTO email.recipients AS r
              (user_id, email, display_name, locale, time_zone, tips, verified_at, profile_version, email_version)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM delivery
       ON CONFLICT (user_id) DO UPDATE
          SET email = CASE WHEN ${NEWER_ADDRESS} THEN coalesce(excluded.email, r.email) ELSE r.email END,
              email_version = greatest(r.email_version, excluded.email_version),
              verified_at = coalesce(r.verified_at, excluded.verified_at),
              display_name = CASE WHEN ${NEWER} THEN excluded.display_name ELSE r.display_name END,
              locale = CASE WHEN ${NEWER} THEN excluded.locale ELSE r.locale END,
              time_zone = CASE WHEN ${NEWER} THEN excluded.time_zone ELSE r.time_zone END,
              tips = CASE WHEN ${NEWER} THEN excluded.tips ELSE r.tips END,
              profile_version = greatest(r.profile_version, excluded.profile_version)`,
      [
        profile.userId,
        email ?? null,
        profile.displayName,
        profile.locale,
        profile.timeZone ?? null,
        tips ?? null,
        verifiedAt ?? null,
        profileVersion,
        emailVersion ?? FIRST_VERSION,
      ],
    );
  }
}

function knownBy(
  type: string,
  data: Registered | Verified | EmailChanged | ProfileChanged,
): Partial<Registered & Verified & EmailChanged & ProfileChanged> &
  Pick<ProfileChanged, 'userId' | 'displayName' | 'locale' | 'profileVersion'> {
  if (type === userProfileChanged.type) return data as ProfileChanged;
  if (type === userEmailVerified.type || type === userEmailChanged.type)
    return { ...(data as Verified | EmailChanged), profileVersion: NO_VERSION };
  return { ...(data as Registered), tips: true, profileVersion: FIRST_VERSION };
}
