import type { FieldError, Problem } from '../api/problem.js';
import type { Texts } from '../texts/en.js';
import { problemText } from '../texts/problem-text.js';

/** What to tell at each field, and what to tell for the form as a whole. */
export interface FormErrors<F extends string> {
  readonly fields: Partial<Record<F, string>>;
  readonly form?: string;
}

type ErrorTexts = Pick<Texts, 'errors' | 'retryIn' | 'fieldErrors'>;

/** The field of a dotted path: `interests.3` is at `interests`. */
const fieldOf = ({ path }: FieldError) => path.split('.')[0]!;

/** Puts a problem's messages at the form's fields; what belongs to none of them is told for the form. */
export function formErrors<F extends string>(
  problem: Problem,
  fields: readonly F[],
  texts: ErrorTexts,
  locale: string,
): FormErrors<F> {
  const atFields: Partial<Record<F, string>> = {};
  for (const error of problem.errors) {
    const field = fields.find((name) => name === fieldOf(error));
    if (field) atFields[field] ??= texts.fieldErrors[error.code] ?? error.message;
  }
  const isTold = Object.keys(atFields).length > 0;
  return isTold ? { fields: atFields } : { fields: {}, form: problemText(texts, problem, locale) };
}
