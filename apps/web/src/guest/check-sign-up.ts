import { Problem, type FieldError } from '../api/problem.js';

export interface SignUpFields {
  readonly displayName: string;
  readonly email: string;
  readonly password: string;
}

/**
 * What can be told without asking the server, with the server's own codes; everything else is the
 * server's to judge. @throws Problem
 */
export function checkSignUp(
  fields: SignUpFields,
  passwordMin: number,
  isCommon: (password: string) => boolean,
): void {
  const errors: FieldError[] = [];
  const add = (path: string, code: string) => errors.push({ path, code, message: code });
  if (!fields.displayName.trim()) add('displayName', 'required');
  if (!fields.email.trim()) add('email', 'required');
  if (!fields.password) add('password', 'required');
  else if (Array.from(fields.password).length < passwordMin) add('password', 'too_small');
  else if (isCommon(fields.password)) add('password', 'password_common');
  if (errors.length > 0) throw new Problem('validation_failed', '', errors);
}
