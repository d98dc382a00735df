import { useEffect, useRef } from 'preact/hooks';
import type { Interest, User } from '../api/types.js';
import { useLanguage } from '../texts/language.js';
import { ForgotForm } from './forgot-form.js';
import { Hero } from './hero.js';
import { LogInForm } from './log-in-form.js';
import type { GuestMode } from './mode-switch.js';
import { SignUpForm } from './sign-up-form.js';

interface Props {
  readonly mode: GuestMode;
  readonly onMode: (mode: GuestMode) => void;
  readonly interests: readonly Interest[];
  readonly onUser: (user: User, savedMs?: number) => void;
}

/** Everything for somebody who is not logged in. */
export function GuestPage({ mode, onMode, interests, onUser }: Props) {
  const { texts } = useLanguage();
  const card = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  // Whoever changes the form goes on in it; whoever comes in is left where they are.
  useEffect(() => {
    if (!isFirst.current) card.current?.querySelector<HTMLElement>('input, [tabindex]')?.focus();
    isFirst.current = false;
  }, [mode]);

  return (
    <div class="stage">
      <Hero />
      <section class="card" ref={card}>
        {mode === 'sign-up' && (
          <SignUpForm
            interests={interests}
            onSignedUp={onUser}
            onCheckMail={() => onMode('check-mail')}
          />
        )}
        {mode === 'log-in' && <LogInForm onLoggedIn={onUser} onForgot={() => onMode('forgot')} />}
        {mode === 'forgot' && <ForgotForm onBack={() => onMode('log-in')} />}
        {mode === 'check-mail' && (
          <div role="status">
            <h2 tabIndex={-1}>{texts.signUp.checkMail}</h2>
            <p class="lead">{texts.signUp.checkMailText}</p>
          </div>
        )}
      </section>
    </div>
  );
}
