import { useEffect, useRef, useState } from 'preact/hooks';
import type { Interest, User } from '../api/types.js';
import { EmailForm } from '../form/email-form.js';
import type { GuestNotice } from '../session/session.js';
import { keptInThisWindow } from '../storage/kept.js';
import { useLanguage } from '../texts/language.js';
import { CheckMail } from './check-mail.js';
import { EMPTY_DRAFT, type Draft } from './draft.js';
import { Hero } from './hero.js';
import { keptPlace } from './line/kept-place.js';
import { LogInForm } from './log-in-form.js';
import { SignUpForm } from './sign-up-form.js';
import type { GuestMode } from './use-guest-mode.js';

/** The address that a link was sent to, for a reload. */
const MAILED = 'usher.mailed';

interface Props {
  readonly mode: GuestMode;
  readonly onMode: (mode: GuestMode) => void;
  readonly notice: GuestNotice | undefined;
  /** Whether it comes where something else was. */
  readonly isNew: boolean;
  readonly interests: readonly Interest[];
  readonly onUser: (user: User, savedMs?: number) => Promise<void>;
}

/** Everything for somebody who is not logged in. */
export function GuestPage({ mode, onMode, notice, isNew, interests, onUser }: Props) {
  const { texts } = useLanguage();
  const [draft, setDraft] = useState<Draft>(() => ({
    ...EMPTY_DRAFT,
    email: (mode === 'check-mail' && keptInThisWindow.read(MAILED)) || '',
    ...keptPlace()?.draft,
  }));
  const onDraft = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const card = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  // Whoever comes out of an account hears where they are, whoever changes the form goes on in it, and
  // whoever opens the page is left at its beginning.
  useEffect(() => {
    const focus = (selector: string) => card.current?.querySelector<HTMLElement>(selector)?.focus();
    if (!isFirst.current) focus(mode === 'check-mail' ? 'h2' : 'input');
    else if (isNew) focus('h2');
    else if (keptPlace()) focus('#password');
    isFirst.current = false;
  }, [mode]);

  const checkMail = (email: string) => {
    keptInThisWindow.write(MAILED, email);
    onMode('check-mail');
  };
  // A link to it from elsewhere knows no address.
  const shown = mode === 'check-mail' && !draft.email ? 'sign-up' : mode;
  return (
    <div class="stage">
      <Hero />
      <section class="card" ref={card}>
        <div role="alert">{notice && <p class="notice bad">{texts.guestNotice[notice]}</p>}</div>
        {shown === 'sign-up' && (
          <SignUpForm
            {...{ draft, onDraft, interests }}
            onSignedUp={onUser}
            onCheckMail={checkMail}
            onLogIn={() => onMode('log-in')}
          />
        )}
        {shown === 'log-in' && (
          <LogInForm
            {...{ draft, onDraft }}
            onLoggedIn={onUser}
            onForgot={() => onMode('forgot')}
          />
        )}
        {shown === 'forgot' && (
          <EmailForm
            texts={texts.forgot}
            path="/v1/password-resets"
            email={draft.email}
            onEmail={(email) => onDraft({ email })}
          >
            <button class="quiet" type="button" onClick={() => onMode('log-in')}>
              {texts.forgot.back}
            </button>
          </EmailForm>
        )}
        {shown === 'check-mail' && (
          <CheckMail email={draft.email} onCorrect={() => onMode('sign-up')} />
        )}
      </section>
    </div>
  );
}
