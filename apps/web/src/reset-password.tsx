import { useState } from 'preact/hooks';
import { Problem } from './api/problem.js';
import { request } from './api/request.js';
import { here, passwordMin } from './api/settings.js';
import { FormError } from './form/field.js';
import { NewPasswordField } from './form/password-field.js';
import { useSubmit } from './form/use-submit.js';
import { hasExpired, takeLinkToken } from './link-pages/link-token.js';
import { Shell } from './shell/shell.js';
import { start } from './shell/start.js';
import { useLanguage } from './texts/language.js';

const token = takeLinkToken();
const isOver = hasExpired(token);

function ResetPassword() {
  const { texts } = useLanguage();
  const t = texts.reset;
  const [password, setPassword] = useState('');
  const [state, setState] = useState<'open' | 'done' | 'refused'>(
    token && !isOver ? 'open' : 'refused',
  );
  const { form, errors, busy } = useSubmit(['password'], async () => {
    if (Array.from(password).length < passwordMin()) {
      const message = 'too_small';
      throw new Problem('validation_failed', '', [{ path: 'password', code: message, message }]);
    }
    try {
      await request('POST', '/v1/password-resets/confirm', { body: { token, password } });
      setState('done');
    } catch (error) {
      if (error instanceof Problem && error.code === 'invalid_token') setState('refused');
      else throw error;
    }
  });

  return (
    <Shell>
      <div class="centre">
        <section class="card">
          {state === 'open' && (
            <form {...form}>
              <h1>{t.heading}</h1>
              <p class="lead">{t.text}</p>
              <FormError message={errors.form} />
              <NewPasswordField
                value={password}
                onValue={setPassword}
                error={errors.fields.password}
                personal={[]}
              />
              <button class="primary" type="submit" disabled={busy}>
                {t.submit}
              </button>
            </form>
          )}
          {state !== 'open' && (
            <div role="status">
              <h1>{state === 'done' ? t.done : isOver ? t.expired : t.invalid}</h1>
              <a class="primary" href={here(state === 'done' ? '/#log-in' : '/#forgot')}>
                {state === 'done' ? t.toLogIn : t.again}
              </a>
            </div>
          )}
        </section>
      </div>
    </Shell>
  );
}

start(ResetPassword, 'reset');
