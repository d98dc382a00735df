import { modeOf } from './use-guest-mode.js';

describe('the form that an address asks for', () => {
  it.each([
    ['', 'sign-up'],
    ['#log-in', 'log-in'],
    ['#forgot', 'forgot'],
    ['#content', undefined],
  ])('%j is %s', (hash, mode) => {
    expect(modeOf(hash)).toBe(mode);
  });
});
