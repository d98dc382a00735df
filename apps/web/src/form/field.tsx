import type { ComponentChildren, InputHTMLAttributes, LooseInputHTMLAttributes } from 'preact';
import { useState } from 'preact/hooks';

type InputProps = Pick<
  LooseInputHTMLAttributes<HTMLInputElement>,
  'autocomplete' | 'autocapitalize' | 'maxLength' | 'required' | 'spellcheck'
>;

interface FieldProps extends InputProps {
  readonly name: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly label: string;
  /** The id of what describes it besides its error. */
  readonly describedBy?: string | undefined;
  readonly error?: string | undefined;
  /** What stands in it at first. */
  readonly initial?: string;
  readonly onValue?: ((value: string) => void) | undefined;
  /** Beside the input, as a button that belongs to it. */
  readonly children?: ComponentChildren;
}

/**
 * A labelled input; its error and what describes it are read out with it. What stands in it is the browser's,
 * and is never written after it was drawn: that would empty what was filled in without an event.
 */
export function Field(props: FieldProps) {
  const { name, type = 'text', label, describedBy, error, onValue, children, ...rest } = props;
  const { initial = '', ...attributes } = rest;
  const [defaultValue] = useState(initial);
  const described = [error && `${name}-error`, describedBy].filter(Boolean).join(' ');
  // Preact's types tell inputs apart by a literal `type`, which is not known here.
  const input = {
    ...attributes,
    name,
    type,
    defaultValue,
  } as InputHTMLAttributes<HTMLInputElement>;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="input">
        <input
          {...input}
          id={name}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
          onInput={(event) => onValue?.(event.currentTarget.value)}
        />
        {children}
      </div>
      {error && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** What went wrong with the form as a whole; announced as it appears. */
export const FormError = ({ message }: { message: string | undefined }) => (
  <div role="alert">{message && <p class="notice bad">{message}</p>}</div>
);
