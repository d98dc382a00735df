import { Problem } from '../api/problem.js';
import { checkSignUp } from './check-sign-up.js';

const FIELDS = { displayName: 'Mei', email: 'mei@example.com', password: 'correct horse' };

const codes = (change: Partial<typeof FIELDS>, least = 8) => {
  try {
    checkSignUp({ ...FIELDS, ...change }, least, (password) => password === 'passwordpassword');
    return {};
  } catch (error) {
    return Object.fromEntries((error as Problem).errors.map(({ path, code }) => [path, code]));
  }
};

describe('a sign-up', () => {
  it('that is filled in goes to the server, which judges it', () => {
    expect(codes({})).toEqual({});
    expect(codes({ email: 'not an address' })).toEqual({});
  });

  it('that lacks something is told all of it at once', () => {
    expect(codes({ displayName: ' ', email: '', password: '' })).toEqual({
      displayName: 'required',
      email: 'required',
      password: 'required',
    });
  });

  it('reports a common password before it is sent', () => {
    expect(codes({ password: 'passwordpassword' })).toEqual({ password: 'password_common' });
  });

  it('with a short password is told so, counted in characters as people see them', () => {
    expect(codes({ password: 'short' })).toEqual({ password: 'too_small' });
    expect(codes({ password: '😀😀😀😀' }, 5)).toEqual({ password: 'too_small' });
    expect(codes({ password: '😀😀😀😀😀' }, 5)).toEqual({});
  });
});
