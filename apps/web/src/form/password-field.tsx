import { useState } from 'preact/hooks';
import { EyeIcon } from '../shell/icons.js';
import { useLanguage } from '../texts/language.js';
import { Field } from './field.js';
import { passwordMin } from '../api/settings.js';
import { StrengthMeter } from './strength-meter.js';
import { useStrength } from './use-strength.js';

const METER = 'password-strength';

interface Props {
  readonly error?: string | undefined;
}

/** The password of somebody who has one. */
export function CurrentPasswordField(props: Props) {
  return <RevealableField {...props} autocomplete="current-password" />;
}

/** A password that is being chosen, with an honest estimate of its strength. */
export function NewPasswordField({ personal, ...props }: Props & { personal: readonly string[] }) {
  const { texts } = useLanguage();
  const least = passwordMin();
  const [value, setValue] = useState('');
  const { strength, load } = useStrength(value, personal);
  return (
    <div class="new-password" onFocusCapture={load}>
      <RevealableField
        {...props}
        autocomplete="new-password"
        describedBy={METER}
        onValue={setValue}
      />
      <StrengthMeter
        id={METER}
        hint={texts.signUp.passwordHint(least)}
        missing={value ? Math.max(0, least - Array.from(value).length) : 0}
        strength={strength}
      />
    </div>
  );
}

interface RevealableProps extends Props {
  readonly autocomplete: string;
  readonly describedBy?: string;
  readonly onValue?: (value: string) => void;
}

function RevealableField(props: RevealableProps) {
  const { texts } = useLanguage();
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      name="password"
      label={texts.signUp.password}
      type={shown ? 'text' : 'password'}
      required
      spellcheck={false}
      autocapitalize="none"
    >
      <button
        type="button"
        class="reveal"
        aria-pressed={shown}
        aria-label={shown ? texts.hide : texts.show}
        title={shown ? texts.hide : texts.show}
        onClick={() => setShown(!shown)}
      >
        <EyeIcon crossed={shown} />
      </button>
    </Field>
  );
}
