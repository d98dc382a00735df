import { useEffect, useRef, useState } from 'preact/hooks';
import type { Interest, User } from '../api/types.js';
import type { Account } from '../session/account.js';
import { useLanguage } from '../texts/language.js';
import { ConfirmAddress } from './confirm-address.js';
import { Inbox } from './inbox.js';
import { Mails } from './mails.js';
import { Recommendations } from './recommendations.js';
import { Timeline } from './timeline.js';

interface Props {
  readonly user: Account;
  readonly savedMs: number | undefined;
  /** Whether it comes where something else was. */
  readonly isNew: boolean;
  readonly interests: readonly Interest[];
  readonly onUser: (user: User) => void;
}

/** Everything for somebody who is logged in. */
export function AccountPage({ user, savedMs, isNew, interests, onUser }: Props) {
  const { texts } = useLanguage();
  const [version, setVersion] = useState(0);
  /** What is known of the way of the welcome mail to an address. */
  const [known, setKnown] = useState<{ email: string; delivery: string | undefined }>();
  const heading = useRef<HTMLHeadingElement>(null);

  // Where the form was, the greeting is read out.
  useEffect(() => {
    if (isNew) heading.current?.focus();
  }, []);

  return (
    <div class="account">
      <h1 ref={heading} tabIndex={-1}>
        {texts.account.welcome(user.displayName)}
      </h1>
      {!user.emailVerified && (
        <ConfirmAddress
          user={user}
          delivery={known?.email === user.email ? known.delivery : undefined}
          onUser={onUser}
        />
      )}
      <div class="panels">
        <Timeline
          // Another address has a welcome mail of its own.
          key={user.email}
          user={user}
          savedMs={savedMs}
          onStepDone={(name) => {
            if (name === 'recommendations') setVersion((before) => before + 1);
          }}
          onDelivery={(delivery) => setKnown({ email: user.email, delivery })}
        />
        <div class="side">
          <Inbox />
          <Mails user={user} onUser={onUser} />
        </div>
      </div>
      <Recommendations user={user} interests={interests} version={version} onUser={onUser} />
    </div>
  );
}
