import { useEffect, useRef, useState } from 'preact/hooks';
import type { Interest, User } from '../api/types.js';
import { Shell } from '../shell/shell.js';
import { useLanguage } from '../texts/language.js';
import { ForgotForm } from './forgot-form.js';
import { Hero } from './hero.js';
import { LogInForm } from './log-in-form.js';
import { SignUpForm } from './sign-up-form.js';

type Mode = 'sign-up' | 'log-in' | 'forgot' | 'check-mail';

interface Props {
  readonly interests: readonly Interest[];
  readonly onUser: (user: User, savedMs?: number) => void;
}

const MODES = ['sign-up', 'log-in'] as const;

/** `/#log-in` opens the log-in, for links from elsewhere. */
const initialMode = (): Mode =>
  location.hash === '#log-in' ? 'log-in' : location.hash === '#forgot' ? 'forgot' : 'sign-up';

/** Everything for somebody who is not logged in. */
export function GuestPage({ interests, onUser }: Props) {
  const { texts } = useLanguage();
  const [mode, setMode] = useState<Mode>(initialMode);
  const card = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  // Whoever changes the form goes on in it; whoever comes in is left where they are.
  useEffect(() => {
    if (!isFirst.current) card.current?.querySelector<HTMLElement>('input, [tabindex]')?.focus();
    isFirst.current = false;
  }, [mode]);

  return (
    <Shell
      aside={
        <div class="modes" role="group">
          {MODES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={mode === each}
              onClick={() => setMode(each)}
            >
              {each === 'sign-up' ? texts.signUp.tab : texts.logIn.tab}
            </button>
          ))}
        </div>
      }
    >
      <div class="stage">
        <Hero />
        <section class="card" ref={card}>
          {mode === 'sign-up' && (
            <SignUpForm
              interests={interests}
              onSignedUp={onUser}
              onCheckMail={() => setMode('check-mail')}
            />
          )}
          {mode === 'log-in' && (
            <LogInForm onLoggedIn={onUser} onForgot={() => setMode('forgot')} />
          )}
          {mode === 'forgot' && <ForgotForm onBack={() => setMode('log-in')} />}
          {mode === 'check-mail' && (
            <div role="status">
              <h2 tabIndex={-1}>{texts.signUp.checkMail}</h2>
              <p class="lead">{texts.signUp.checkMailText}</p>
            </div>
          )}
        </section>
      </div>
    </Shell>
  );
}
