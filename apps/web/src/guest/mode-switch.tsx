import { useLanguage } from '../texts/language.js';

/** Which form a guest has before them. */
export type GuestMode = 'sign-up' | 'log-in' | 'forgot' | 'check-mail';

const CHOICES = ['sign-up', 'log-in'] as const;

/** `/#log-in` opens the log-in, for links from elsewhere. */
export const initialMode = (): GuestMode =>
  location.hash === '#log-in' ? 'log-in' : location.hash === '#forgot' ? 'forgot' : 'sign-up';

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
