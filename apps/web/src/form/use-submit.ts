import { useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { useLanguage } from '../texts/language.js';
import { formErrors, type FormErrors } from './field-errors.js';

const NOTHING = { fields: {} };

/**
 * How a form is sent: once at a time, with what went wrong at its fields, the first of which gets the focus.
 * What is told at a field is gone as soon as it is changed.
 * @returns `form`, the attributes of the form
 */
export function useSubmit<F extends string>(fields: readonly F[], send: () => Promise<void>) {
  const { texts, locale } = useLanguage();
  const [problem, setProblem] = useState<Problem>();
  const [changed, setChanged] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  // A second click may come before the button is drawn as disabled.
  const sending = useRef(false);
  const told = problem && formErrors(problem, fields, texts, locale);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (sending.current) return;
    const form = event.currentTarget as HTMLFormElement;
    sending.current = true;
    setBusy(true);
    setProblem(undefined);
    setChanged([]);
    try {
      await send();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      focusFirst(form, fields, formErrors(error, fields, texts, locale));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  const change = ({ target }: Event) => {
    const { name } = target as HTMLInputElement;
    if (problem && !changed.includes(name)) setChanged([...changed, name]);
  };
  return {
    form: {
      onSubmit: (event: SubmitEvent) => void submit(event),
      onInput: change,
      noValidate: true,
    },
    errors: told ? without(told, changed) : (NOTHING as FormErrors<F>),
    problem,
    busy,
  };
}

function without<F extends string>(errors: FormErrors<F>, changed: readonly string[]) {
  const fields = Object.fromEntries(
    Object.entries(errors.fields).filter(([field]) => !changed.includes(field)),
  ) as FormErrors<F>['fields'];
  return { ...errors, fields };
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
