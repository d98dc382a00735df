import { useRef, useState } from 'preact/hooks';
import { request } from '../api/request.js';
import type { Interest, User } from '../api/types.js';
import { Field, FormError } from '../form/field.js';
import { NewPasswordField } from '../form/password-field.js';
import { passwordMin } from '../form/password-min.js';
import { useSubmit } from '../form/use-submit.js';
import { useLanguage } from '../texts/language.js';
import { checkSignUp } from './check-sign-up.js';
import { IdempotencyKeys } from './idempotency-key.js';
import { InterestChips } from './interest-chips.js';
import { Preview } from './preview.js';

const FIELDS = ['displayName', 'email', 'password', 'interests'] as const;

interface Props {
  readonly interests: readonly Interest[];
  /** Somebody is logged in now; saving the account took `savedMs`. */
  readonly onSignedUp: (user: User, savedMs: number) => void;
  readonly onCheckMail: () => void;
}

export function SignUpForm({ interests, onSignedUp, onCheckMail }: Props) {
  const { texts, locale } = useLanguage();
  const [displayName, setDisplayName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const keys = useRef(new IdempotencyKeys());

  const { submit, errors, busy } = useSubmit(FIELDS, async () => {
    checkSignUp({ displayName, email, password }, passwordMin());
    const body = { displayName, email, password, interests: chosen, locale };
    const startedAt = performance.now();
    const answer = await request<{ user?: User }>('POST', '/v1/signups', {
      body,
      headers: { 'idempotency-key': keys.current.for(body) },
    });
    if (answer.user) onSignedUp(answer.user, performance.now() - startedAt);
    else onCheckMail();
  });

  return (
    <form onSubmit={submit} noValidate>
      <h2>{texts.signUp.heading}</h2>
      <FormError message={errors.form} />
      <Field
        name="displayName"
        label={texts.signUp.name}
        autocomplete="name"
        required
        maxLength={100}
        value={displayName}
        onValue={setDisplayName}
        error={errors.fields.displayName}
      />
      <Field
        name="email"
        label={texts.signUp.email}
        type="email"
        autocomplete="email"
        required
        value={email}
        onValue={setEmail}
        error={errors.fields.email}
      />
      <NewPasswordField
        value={password}
        onValue={setPassword}
        error={errors.fields.password}
        personal={[displayName, email]}
      />
      <InterestChips interests={interests} chosen={chosen} onChange={setChosen} />
      {errors.fields.interests && <p class="error">{errors.fields.interests}</p>}
      <Preview interests={chosen} labels={interests} />
      <button class="primary" type="submit" disabled={busy}>
        {busy ? texts.signUp.submitting : texts.signUp.submit}
      </button>
    </form>
  );
}
