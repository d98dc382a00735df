import { useEffect, useState } from 'preact/hooks';
import type { Onboarding, UpcomingMail, User } from '../api/types.js';
import { useAccount } from '../session/session.js';

/**
 * The mails that are to follow. They are read again whenever the account was: what ends or moves one is a change of
 * the account, in this window or elsewhere.
 */
export function useUpcoming(user: User): readonly UpcomingMail[] {
  const { ask } = useAccount();
  const [upcoming, setUpcoming] = useState<readonly UpcomingMail[]>([]);
  useEffect(() => {
    let over = false;
    ask<Onboarding>('GET', '/v1/me/onboarding').then(
      (answer) => {
        if (!over) setUpcoming(answer.upcoming ?? []);
        return undefined;
      },
      // What cannot be read now leaves what is shown.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [user]);
  return upcoming;
}
