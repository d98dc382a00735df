import { useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { Field, FormError } from '../form/field.js';
import { useSubmit } from '../form/use-submit.js';
import { useLanguage } from '../texts/language.js';
import { Operator } from './operator.js';

/** Asks for the token, and lets nobody in before the API has taken it. */
export function Gate({ onEnter }: { onEnter: (operator: Operator) => void }) {
  const { texts } = useLanguage();
  const t = texts.ops;
  const [token, setToken] = useState('');
  const [name, setName] = useState('');
  const { form, errors, busy } = useSubmit(['token'], async () => {
    const operator = new Operator(token, name.trim());
    try {
      await operator.get('outbox');
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'unauthenticated') throw error;
      throw new Problem('validation_failed', '', [
        { path: 'token', code: 'wrong_token', message: t.wrong },
      ]);
    }
    onEnter(operator);
  });
  return (
    <div class="centre">
      <section class="card">
        <form {...form}>
          <h1>{t.heading}</h1>
          <p class="lead">{t.tokenText}</p>
          <FormError message={errors.form} />
          <Field
            name="token"
            label={t.token}
            type="password"
            autocomplete="off"
            required
            value={token}
            onValue={setToken}
            error={errors.fields.token}
          />
          <div>
            <Field
              name="operator"
              label={t.operator}
              autocomplete="name"
              maxLength={64}
              value={name}
              onValue={setName}
              describedBy="operator-hint"
            />
            <p class="hint" id="operator-hint">
              {t.operatorHint}
            </p>
          </div>
          <button class="primary" type="submit" disabled={busy}>
            {t.enter}
          </button>
        </form>
      </section>
    </div>
  );
}
