import { useState } from 'preact/hooks';
import { request } from '../api/request.js';
import { Field, FormError } from '../form/field.js';
import { useSubmit } from '../form/use-submit.js';
import { useLanguage } from '../texts/language.js';

/** Asks for a link to a new password; whether the address has an account is told to nobody. */
export function ForgotForm({ onBack }: { onBack: () => void }) {
  const { texts } = useLanguage();
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  const { submit, errors, busy } = useSubmit(['email'], async () => {
    await request('POST', '/v1/password-resets', { body: { email } });
    setSent(true);
  });
  return (
    <form onSubmit={submit} noValidate>
      <h2>{texts.forgot.heading}</h2>
      <p class="lead">{texts.forgot.text}</p>
      <FormError message={errors.form} />
      <div role="status">{sent && <p class="notice good">{texts.forgot.sent}</p>}</div>
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
      <button class="primary" type="submit" disabled={busy}>
        {texts.forgot.submit}
      </button>
      <button class="quiet" type="button" onClick={onBack}>
        {texts.forgot.back}
      </button>
    </form>
  );
}
