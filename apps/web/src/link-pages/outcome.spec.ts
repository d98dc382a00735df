import { Problem } from '../api/problem.js';
import { outcomeOf } from './outcome.js';

const misfit = (path: string) =>
  new Problem('validation_failed', '', [{ path, code: 'too_big', message: 'is too long' }]);

describe('a refusal', () => {
  it.each([
    ['of a link that was used', new Problem('token_used', ''), 'spent'],
    ['of a link that is no good', new Problem('invalid_token', ''), 'invalid'],
    ['of what cannot be a link', misfit('token'), 'invalid'],
    ['of a password', misfit('password'), undefined],
    ['that never came', new Problem('network', ''), undefined],
    ['that is none', new TypeError('no'), undefined],
  ])('%s says of the link that it is: %s', (_, refusal, outcome) => {
    expect(outcomeOf(refusal)).toBe(outcome);
  });
});
