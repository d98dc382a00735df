import { useLanguage } from '../texts/language.js';
import type { GuestMode } from './use-guest-mode.js';

const CHOICES = ['sign-up', 'log-in'] as const;

interface Props {
  readonly mode: GuestMode;
  readonly onMode: (mode: GuestMode) => void;
}

/** Sign up, or log in. */
export function ModeSwitch({ mode, onMode }: Props) {
  const { texts } = useLanguage();
  return (
    <div class="modes" role="group">
      {CHOICES.map((each) => (
        <button key={each} type="button" aria-pressed={mode === each} onClick={() => onMode(each)}>
          {each === 'sign-up' ? texts.signUp.tab : texts.logIn.tab}
        </button>
      ))}
    </div>
  );
}
