import { useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem.js';
import { useLanguage } from '../texts/language.js';
import { formErrors, type FormErrors } from './field-errors.js';

const NOTHING = { fields: {} };

/** What stands in the fields of a form. */
export type FormValues<F extends string> = Readonly<Record<F, string>>;

/**
 * How a form is sent: once at a time, with what went wrong at its fields, the first of which gets the focus.
 * What is told at a field is gone as soon as it is changed.
 * @param send gets what stands in the fields as the person sees them: browsers and password managers fill
 * them in without an event
 * @returns `form`, the attributes of the form
 */
export function useSubmit<F extends string>(
  fields: readonly F[],
  send: (values: FormValues<F>) => Promise<void>,
) {
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
      await send(valuesOf(form, fields));
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

function valuesOf<F extends string>(form: HTMLFormElement, fields: readonly F[]): FormValues<F> {
  const data = new FormData(form);
  const entries = fields.map((field) => [field, (data.get(field) as string | null) ?? '']);
  return Object.fromEntries(entries) as FormValues<F>;
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
