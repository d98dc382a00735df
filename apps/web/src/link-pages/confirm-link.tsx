import { send } from '../api/request.js';
import { FormError } from '../form/field.js';
import { useSubmit } from '../form/use-submit.js';
import { outcomeOf, type Outcome } from './outcome.js';

interface Props {
  readonly texts: Readonly<Record<'heading' | 'text' | 'submit' | 'submitting', string>>;
  /** Where the token is sent. */
  readonly path: string;
  readonly token: string;
  readonly onEnd: (outcome: Outcome) => void;
}

/**
 * Has the link of a mail do its work by a click, and never before: mail gateways and previews open links as well, and
 * run the scripts that they find.
 */
export function ConfirmLink({ texts: t, path, token, onEnd }: Props) {
  const { form, errors, busy } = useSubmit([], async () => {
    try {
      const { headers } = await send('POST', path, { body: { token } });
      onEnd(headers.has('idempotency-replayed') ? 'spent' : 'done');
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
      <button class="primary" type="submit" disabled={busy}>
        {busy ? t.submitting : t.submit}
      </button>
    </form>
  );
}
