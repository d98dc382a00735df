import { useState } from 'preact/hooks';
import { request } from '../api/request.js';
import type { User } from '../api/types.js';
import { Field, FormError } from '../form/field.js';
import { CurrentPasswordField } from '../form/password-field.js';
import { useSubmit } from '../form/use-submit.js';
import { useLanguage } from '../texts/language.js';

interface Props {
  readonly onLoggedIn: (user: User) => void;
  readonly onForgot: () => void;
}

export function LogInForm({ onLoggedIn, onForgot }: Props) {
  const { texts } = useLanguage();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { submit, errors, busy } = useSubmit(['email', 'password'], async () => {
    const { user } = await request<{ user: User }>('POST', '/v1/sessions', {
      body: { email, password },
    });
    onLoggedIn(user);
  });
  return (
    <form onSubmit={submit} noValidate>
      <h2>{texts.logIn.heading}</h2>
      <FormError message={errors.form} />
      <Field
        name="email"
        label={texts.signUp.email}
        type="email"
        autocomplete="username"
        required
        value={email}
        onValue={setEmail}
        error={errors.fields.email}
      />
      <CurrentPasswordField value={password} onValue={setPassword} error={errors.fields.password} />
      <button class="primary" type="submit" disabled={busy}>
        {busy ? texts.logIn.submitting : texts.logIn.submit}
      </button>
      <button class="quiet" type="button" onClick={onForgot}>
        {texts.logIn.forgot}
      </button>
    </form>
  );
}
