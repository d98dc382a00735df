import { Problem } from '../api/problem.js';
import { formErrors } from './field-errors.js';

const TEXTS = {
  errors: { network: 'No server.', rate_limited: 'Wait.' },
  retryIn: { rate_limited: (duration: string) => `Wait ${duration}.` },
  fieldErrors: { required: 'Fill this in.', too_big: 'Too long.' },
};

describe('what is wrong with a form', () => {
  it('is told at its fields in the person’s language, the first reason of each', () => {
    const problem = new Problem('validation_failed', 'detail', [
      { path: 'email', code: 'required', message: 'is required' },
      { path: 'email', code: 'too_big', message: 'is too big' },
      { path: 'interests.3', code: 'too_big', message: 'is too big' },
    ]);
    expect(formErrors(problem, ['email', 'interests'], TEXTS, 'en')).toEqual({
      fields: { email: 'Fill this in.', interests: 'Too long.' },
    });
  });

  it('is told in the server’s words when the page has none', () => {
    const problem = new Problem('validation_failed', 'detail', [
      { path: 'email', code: 'quite_new', message: 'is odd' },
    ]);
    expect(formErrors(problem, ['email'], TEXTS, 'en').fields).toEqual({ email: 'is odd' });
  });

  it('is told with the time to wait when that is known', () => {
    const limited = (seconds?: number) =>
      formErrors(new Problem('rate_limited', 'x', [], seconds), ['email'], TEXTS, 'en').form;
    expect([limited(), limited(20), limited(61)]).toEqual([
      'Wait.',
      'Wait 20 seconds.',
      'Wait 2 minutes.',
    ]);
  });

  it('is told for the whole form when it belongs to none of its fields', () => {
    expect(formErrors(new Problem('network', 'x'), ['email'], TEXTS, 'en')).toEqual({
      fields: {},
      form: 'No server.',
    });
    const elsewhere = new Problem('validation_failed', 'The request does not fit', [
      { path: 'country', code: 'required', message: 'is required' },
    ]);
    expect(formErrors(elsewhere, ['email'], TEXTS, 'en')).toEqual({
      fields: {},
      form: 'The request does not fit',
    });
  });
});
