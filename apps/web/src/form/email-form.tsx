import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { request } from '../api/request.js';
import { useLanguage } from '../texts/language.js';
import { Field, FormError } from './field.js';
import { useSubmit } from './use-submit.js';

interface Props {
  readonly texts: Readonly<Record<'heading' | 'text' | 'submit' | 'sent', string>>;
  /** Where the address is sent, to have a link mailed to it. */
  readonly path: string;
  readonly email?: string;
  readonly onEmail?: (email: string) => void;
  /** Below the form's button. */
  readonly children?: ComponentChildren;
}

/** Has a link mailed to an address; whether it has an account is told to nobody. */
export function EmailForm({ texts: t, path, email, onEmail, children }: Props) {
  const { texts } = useLanguage();
  const [sent, setSent] = useState(false);
  const { form, errors, busy } = useSubmit(['email'], async (body) => {
    setSent(false);
    onEmail?.(body.email);
    await request('POST', path, { body });
    setSent(true);
  });
  return (
    <form {...form}>
      <h2 tabIndex={-1}>{t.heading}</h2>
      <p class="lead">{t.text}</p>
      <FormError message={errors.form} />
      <div role="status">{sent && <p class="notice good">{t.sent}</p>}</div>
      <Field
        name="email"
        label={texts.signUp.email}
        type="email"
        autocomplete="username"
        required
        initial={email}
        onValue={onEmail}
        error={errors.fields.email}
      />
      <button class="primary" type="submit" disabled={busy}>
        {t.submit}
      </button>
      {children}
    </form>
  );
}
