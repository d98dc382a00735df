import { useEffect, useState } from 'preact/hooks';
import { AccountPage } from './account/account-page.js';
import { LogOutButton } from './account/log-out-button.js';
import { keepSavedMs, savedMsOf } from './account/saved-ms.js';
import { request } from './api/request.js';
import type { Interest, Locale, User } from './api/types.js';
import { GuestPage } from './guest/guest-page.js';
import { initialMode, ModeSwitch, type GuestMode } from './guest/mode-switch.js';
import { Shell } from './shell/shell.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';

function Home() {
  const { locale } = useLanguage();
  // Undefined until it is known whether somebody is logged in; null for a guest.
  const [user, setUser] = useState<User | null>();
  const [mode, setMode] = useState<GuestMode>(initialMode);
  const [interests, setInterests] = useState<readonly Interest[]>();

  useEffect(() => {
    // Whatever keeps us from knowing, a guest can begin anew.
    request<User>('GET', '/v1/me').then(setUser, () => setUser(null));
  }, []);

  useEffect(() => {
    request<Interest[]>('GET', '/v1/interests', { headers: { 'accept-language': locale } }).then(
      setInterests,
      () => setInterests([]), // Then there is nothing to choose, and a sign-up works all the same.
    );
  }, [locale]);

  const changeLocale = (chosen: Locale) => {
    // Of no consequence for this page: mails to come are written in it.
    if (user) {
      request<User>('PATCH', '/v1/me', { body: { locale: chosen } }).then(setUser, () => undefined);
    }
  };

  // Drawn when everything is known, so that nothing moves afterwards.
  const isKnown = user !== undefined && interests !== undefined;
  return (
    <Shell
      onLocale={changeLocale}
      aside={
        isKnown &&
        (user ? (
          <LogOutButton onLoggedOut={() => setUser(null)} />
        ) : (
          <ModeSwitch mode={mode} onMode={setMode} />
        ))
      }
    >
      {isKnown && !user && (
        <GuestPage
          mode={mode}
          onMode={setMode}
          interests={interests}
          onUser={(entered, savedMs) => {
            if (savedMs !== undefined) keepSavedMs(entered, savedMs);
            setUser(entered);
          }}
        />
      )}
      {isKnown && user && (
        <AccountPage
          key={user.id}
          user={user}
          savedMs={savedMsOf(user)}
          interests={interests}
          onUser={setUser}
          onLoggedOut={() => setUser(null)}
        />
      )}
    </Shell>
  );
}

start(Home, 'home');
