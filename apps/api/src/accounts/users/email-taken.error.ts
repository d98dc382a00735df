import { Problem } from '../../http/problem.js';

/** The address has an account already. */
export class EmailTakenError extends Problem {
  constructor() {
    super('email_taken', undefined, {
      errors: [{ path: 'email', code: 'email_taken', message: 'has an account already' }],
    });
  }
}

const UNIQUE_VIOLATION = '23505';
const BY_EMAIL = 'users_email_unique';

/** Two accounts that wanted one address at the same time: the unique index is the judge. */
export function takenOr(error: unknown): unknown {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === UNIQUE_VIOLATION && constraint === BY_EMAIL ? new EmailTakenError() : error;
}
