import { useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { useLanguage } from '../texts/language.js';
import { formErrors, type FormErrors } from './field-errors.js';

/** How a form is sent: once at a time, with what went wrong at its fields, the first of which gets the focus. */
export function useSubmit<F extends string>(fields: readonly F[], send: () => Promise<void>) {
  const { texts } = useLanguage();
  const [errors, setErrors] = useState<FormErrors<F>>({ fields: {} });
  const [busy, setBusy] = useState(false);
  // A second click may come before the button is drawn as disabled.
  const sending = useRef(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (sending.current) return;
    const form = event.currentTarget as HTMLFormElement;
    sending.current = true;
    setBusy(true);
    setErrors({ fields: {} });
    try {
      await send();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const told = formErrors(error, fields, texts);
      setErrors(told);
      focusFirst(form, fields, told);
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  return { submit: (event: SubmitEvent) => void submit(event), errors, busy };
}

function focusFirst<F extends string>(
  form: HTMLFormElement,
  fields: readonly F[],
  errors: FormErrors<F>,
) {
  const first = fields.find((field) => errors.fields[field] !== undefined);
  const element = first && form.elements.namedItem(first);
  if (element instanceof HTMLElement) element.focus();
}
