import { Problem } from './api/problem.js';
import { request } from './api/request.js';
import { here, passwordMin } from './api/settings.js';
import { FormError } from './form/field.js';
import { NewPasswordField } from './form/password-field.js';
import { useSubmit } from './form/use-submit.js';
import { LinkOutcome, LinkPage } from './link-pages/link-page.js';
import { outcomeOf, type Outcome } from './link-pages/outcome.js';
import { useLink } from './link-pages/use-link.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';

/** Sets a new password. Only the server judges whether the link still works: the device's clock may be wrong. */
function ResetPassword() {
  const t = useLanguage().texts.reset;
  const { link, end, hasEnded } = useLink();
  if ('token' in link)
    return (
      <LinkPage>
        <NewPasswordForm token={link.token} onEnd={end} />
      </LinkPage>
    );
  const { outcome } = link;
  return (
    <LinkPage>
      <LinkOutcome {...t.outcome[outcome]} isNew={hasEnded}>
        {outcome !== 'invalid' && (
          <a class="primary" href={here('/#log-in')}>
            {t.toLogIn}
          </a>
        )}
        {outcome !== 'done' && (
          <a class={outcome === 'spent' ? 'quiet' : 'primary'} href={here('/#forgot')}>
            {t.again}
          </a>
        )}
      </LinkOutcome>
    </LinkPage>
  );
}

function NewPasswordForm({ token, onEnd }: { token: string; onEnd: (outcome: Outcome) => void }) {
  const t = useLanguage().texts.reset;
  const { form, errors, busy } = useSubmit(['password'], async ({ password }) => {
    if (Array.from(password).length < passwordMin()) {
      const message = 'too_small';
      throw new Problem('validation_failed', '', [{ path: 'password', code: message, message }]);
    }
    try {
      await request('POST', '/v1/password-resets/confirm', { body: { token, password } });
      onEnd('done');
    } catch (error) {
      const outcome = outcomeOf(error);
      if (!outcome) throw error;
      onEnd(outcome);
    }
  });
  return (
    <form {...form}>
      <h1>{t.heading}</h1>
      <p class="lead">{t.text}</p>
      <FormError message={errors.form} />
      <NewPasswordField error={errors.fields.password} personal={[]} />
      <button class="primary" type="submit" disabled={busy}>
        {t.submit}
      </button>
    </form>
  );
}

start(ResetPassword, 'reset');
