import { request } from '../api/request.js';
import { isPrivate } from '../api/settings.js';
import type { User } from '../api/types.js';
import { ResendLink } from '../confirmation/resend-link.js';
import { Field, FormError } from '../form/field.js';
import { CurrentPasswordField } from '../form/password-field.js';
import { useSubmit } from '../form/use-submit.js';
import { useLanguage } from '../texts/language.js';
import type { DraftProps } from './draft.js';

interface Props extends DraftProps {
  readonly onLoggedIn: (user: User) => Promise<void>;
  readonly onForgot: () => void;
}

export function LogInForm({ draft, onDraft, onLoggedIn, onForgot }: Props) {
  const { texts } = useLanguage();
  const { email } = draft;
  const { form, errors, problem, busy } = useSubmit(['email', 'password'], async (body) => {
    onDraft({ email: body.email });
    const { user } = await request<{ user: User }>('POST', '/v1/sessions', { body });
    await onLoggedIn(user);
  });
  // The server tells nobody whether that is the reason.
  const mayBeUnconfirmed = isPrivate() && problem?.code === 'invalid_credentials';
  return (
    <form {...form}>
      <h2 tabIndex={-1}>{texts.logIn.heading}</h2>
      <FormError message={errors.form} />
      {mayBeUnconfirmed && (
        <div class="notice">
          <p>{texts.logIn.unconfirmed}</p>
          <ResendLink email={email} />
        </div>
      )}
      <Field
        name="email"
        label={texts.signUp.email}
        type="email"
        autocomplete="username"
        required
        initial={email}
        onValue={(value) => onDraft({ email: value })}
        error={errors.fields.email}
      />
      <CurrentPasswordField error={errors.fields.password} />
      <button class="primary" type="submit" disabled={busy}>
        {busy ? texts.logIn.submitting : texts.logIn.submit}
      </button>
      <button class="quiet" type="button" onClick={onForgot}>
        {texts.logIn.forgot}
      </button>
    </form>
  );
}
