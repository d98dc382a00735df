import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { request } from '../api/request.js';
import type { Interest, User } from '../api/types.js';
import { useLanguage } from '../texts/language.js';
import { ConfirmAddress } from './confirm-address.js';
import { Inbox } from './inbox.js';
import { Recommendations } from './recommendations.js';
import { Timeline } from './timeline.js';

interface Props {
  readonly user: User;
  readonly savedMs: number | undefined;
  readonly interests: readonly Interest[];
  readonly onUser: (user: User) => void;
  readonly onLoggedOut: () => void;
}

/** Everything for somebody who is logged in. */
export function AccountPage({ user, savedMs, interests, onUser, onLoggedOut }: Props) {
  const { texts } = useLanguage();
  const [version, setVersion] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);

  // Where the form was, the greeting is read out.
  useEffect(() => heading.current?.focus(), []);

  // The link in the mail is opened in another window, as may be a log-out.
  useEffect(() => {
    const look = () => {
      if (document.hidden) return;
      request<User>('GET', '/v1/me').then(onUser, (error) => {
        if (error instanceof Problem && error.code === 'unauthenticated') onLoggedOut();
      });
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);

  return (
    <div class="account">
      <h1 ref={heading} tabIndex={-1}>
        {texts.account.welcome(user.displayName)}
      </h1>
      {!user.emailVerified && <ConfirmAddress email={user.email} />}
      <div class="panels">
        <Timeline
          user={user}
          savedMs={savedMs}
          onStepDone={(name) => {
            if (name === 'recommendations') setVersion((before) => before + 1);
          }}
        />
        <Inbox />
      </div>
      <Recommendations interests={interests} version={version} />
    </div>
  );
}
