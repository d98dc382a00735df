import { useEffect, useRef } from 'preact/hooks';
import type { User } from '../api/types.js';
import { Field, FormError } from '../form/field.js';
import { CurrentPasswordField } from '../form/password-field.js';
import { useSubmit } from '../form/use-submit.js';
import { useAccount } from '../session/session.js';
import { useLanguage } from '../texts/language.js';

interface Props {
  readonly email: string;
  /** The address has changed. */
  readonly onUser: (user: User) => void;
  /** A link to this address decides. */
  readonly onAsked: (email: string) => void;
  readonly onCancel: () => void;
}

/** Another address for somebody who has an account: corrected at once, or by a link to the new one. */
export function ChangeEmail({ email, onUser, onAsked, onCancel }: Props) {
  const { texts } = useLanguage();
  const t = texts.changeEmail;
  const { ask } = useAccount();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = place.current?.querySelector('input');
    input?.focus();
    input?.select();
  }, []);

  const { form, errors, problem, busy } = useSubmit(['email', 'password'], async (body) => {
    const answer = await ask<User | { readonly status: string }>('POST', '/v1/me/email-changes', {
      body,
    });
    if ('id' in answer) onUser(answer);
    else onAsked(body.email);
  });
  const isWrong = problem?.code === 'invalid_credentials';
  return (
    <div class="change-email" ref={place} onKeyDown={({ key }) => key === 'Escape' && onCancel()}>
      <form {...form}>
        <FormError message={isWrong ? t.wrongPassword : errors.form} />
        <Field
          name="email"
          label={t.email}
          type="email"
          autocomplete="email"
          required
          initial={email}
          error={errors.fields.email}
        />
        <CurrentPasswordField error={errors.fields.password} />
        <div class="actions">
          <button class="primary" type="submit" disabled={busy}>
            {busy ? t.submitting : t.submit}
          </button>
          <button class="quiet" type="button" onClick={onCancel}>
            {t.cancel}
          </button>
        </div>
      </form>
    </div>
  );
}
