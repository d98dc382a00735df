import { Problem } from '../api/problem.js';
import { Field, FormError } from '../form/field.js';
import { useSubmit } from '../form/use-submit.js';
import { useLanguage } from '../texts/language.js';
import { Operator } from './operator.js';

/** Asks for the token, and lets nobody in before the API has taken it. */
export function Gate({ onEnter }: { onEnter: (operator: Operator) => void }) {
  const { texts } = useLanguage();
  const t = texts.ops;
  const { form, errors, busy } = useSubmit(['token', 'operator'], async (fields) => {
    const operator = new Operator(fields.token, fields.operator.trim());
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
            error={errors.fields.token}
          />
          <div>
            <Field
              name="operator"
              label={t.operator}
              autocomplete="name"
              maxLength={64}
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
