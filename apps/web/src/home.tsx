import { useEffect, useState } from 'preact/hooks';
import { AccountPage } from './account/account-page.js';
import { LogOutButton } from './account/log-out-button.js';
import { keepSavedMs, savedMsOf } from './account/saved-ms.js';
import { request } from './api/request.js';
import type { Interest, Locale, User } from './api/types.js';
import { GuestPage } from './guest/guest-page.js';
import { ModeSwitch } from './guest/mode-switch.js';
import { useGuestMode } from './guest/use-guest-mode.js';
import { AccountContext, useSession } from './session/session.js';
import { Shell } from './shell/shell.js';
import { start } from './shell/start.js';
import { Unreachable } from './shell/unreachable.js';
import { useLanguage } from './texts/language.js';

function Home() {
  const { locale } = useLanguage();
  const session = useSession();
  const { user, notice } = session;
  const [mode, setMode] = useGuestMode();
  const [interests, setInterests] = useState<readonly Interest[]>();

  useEffect(() => {
    request<Interest[]>('GET', '/v1/interests', { headers: { 'accept-language': locale } }).then(
      setInterests,
      () => setInterests([]), // Then there is nothing to choose, and a sign-up works all the same.
    );
  }, [locale]);

  // Whoever might expect to be logged in has the log-in before them.
  useEffect(() => {
    if (notice) setMode('log-in', 'instead');
    else if (user) setMode('sign-up', 'instead');
  }, [user?.id, notice]);

  const changeLocale = (chosen: Locale) => {
    // Of no consequence for this page: mails to come are written in it.
    if (user) {
      const change = { body: { locale: chosen } };
      session.ask<User>('PATCH', '/v1/me', change).then(session.change, () => undefined);
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
          <LogOutButton leave={session.leave} />
        ) : (
          <ModeSwitch
            mode={mode}
            onMode={(chosen) => {
              session.forgetNotice();
              setMode(chosen);
            }}
          />
        ))
      }
    >
      {session.problem && <Unreachable problem={session.problem} onRetry={session.open} />}
      {isKnown && !user && (
        <GuestPage
          mode={mode}
          onMode={setMode}
          notice={notice}
          isNew={session.isChanged}
          interests={interests}
          onUser={async (entered, savedMs) => {
            if (savedMs !== undefined) keepSavedMs(entered, savedMs);
            await session.enter(entered);
          }}
        />
      )}
      {isKnown && user && (
        <AccountContext.Provider value={session}>
          <AccountPage
            key={user.id}
            user={user}
            savedMs={savedMsOf(user)}
            isNew={session.isChanged}
            interests={interests}
            onUser={session.change}
          />
        </AccountContext.Provider>
      )}
    </Shell>
  );
}

start(Home, 'home');
