import { isDeepStrictEqual } from 'node:util';
import { AmqpError } from '../amqp-error.js';
import { shown, type FieldTable, type FieldValue } from '../wire/field-table.js';

type Combine = 'every' | 'some';

/** How many headers must match, and whether those that begin with `x-` count. */
const MODES = new Map<FieldValue, readonly [combine: Combine, withX: boolean]>([
  ['all', ['every', false]],
  ['any', ['some', false]],
  ['all-with-x', ['every', true]],
  ['any-with-x', ['some', true]],
]);

/** The test of a binding of a headers exchange. @throws AmqpError 406 for an unknown `x-match` */
export function headersMatcher(binding: FieldTable): (headers: FieldTable) => boolean {
  const mode = binding.get('x-match') ?? 'all';
  const found = MODES.get(mode);
  if (!found)
    throw new AmqpError(
      'PRECONDITION_FAILED',
      `Invalid x-match field value ${shown(mode)}; expected all, any, all-with-x, or any-with-x`,
    );
  const [combine, withX] = found;
  const asked = [...binding].filter(
    ([name]) => name !== 'x-match' && (withX || !name.startsWith('x-')),
  );
  return (headers) =>
    asked[combine](([name, value]) =>
      // Asked for without a value, the header may have any.
      value === null ? headers.has(name) : isDeepStrictEqual(headers.get(name), value),
    );
}
