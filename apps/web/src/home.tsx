import { useEffect, useState } from 'preact/hooks';
import { AccountPage } from './account/account-page.js';
import { request } from './api/request.js';
import type { Interest, User } from './api/types.js';
import { keepSavedMs, savedMsOf } from './account/saved-ms.js';
import { GuestPage } from './guest/guest-page.js';
import { Shell } from './shell/shell.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';

/** Who is here: nobody knows yet, a guest, or a person. */
type Visitor = 'unknown' | 'guest' | User;

function Home() {
  const { locale } = useLanguage();
  const [visitor, setVisitor] = useState<Visitor>('unknown');
  const [interests, setInterests] = useState<readonly Interest[]>();

  useEffect(() => {
    // Whatever keeps us from knowing, a guest can begin anew.
    request<User>('GET', '/v1/me').then(setVisitor, () => setVisitor('guest'));
  }, []);

  useEffect(() => {
    request<Interest[]>('GET', '/v1/interests', { headers: { 'accept-language': locale } }).then(
      setInterests,
      () => setInterests([]), // Then there is nothing to choose, and a sign-up works all the same.
    );
  }, [locale]);

  // Drawn when everything is known, so that nothing moves afterwards.
  if (visitor === 'unknown' || !interests) return <Shell>{null}</Shell>;
  if (visitor === 'guest') {
    return (
      <GuestPage
        interests={interests}
        onUser={(user, savedMs) => {
          if (savedMs !== undefined) keepSavedMs(user, savedMs);
          setVisitor(user);
        }}
      />
    );
  }
  return (
    <AccountPage
      user={visitor}
      savedMs={savedMsOf(visitor)}
      interests={interests}
      onUser={setVisitor}
      onLoggedOut={() => setVisitor('guest')}
    />
  );
}

start(Home, 'home');
