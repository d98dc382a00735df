import { signUpBody } from '../support/api-client.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';

const STORED = 'mike@xn--mnchen-3ya.example';

let stack: Stack;
let refusals: Refusals;

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
  await stack.start('api');
  refusals = new Refusals(stack.database);
  const { body } = await stack.api.signUp({ email: ' Mike@MÜNCHEN.Example ' });
  expect(body.user.email).toBe(STORED);
});

afterAll(() => stack.stop());

const post = (path: string, body: object) => stack.api.request('POST', path, { body });

describe('the same address in other clothes', () => {
  it.each([
    ['in its stored form', STORED],
    ['in capitals', 'MIKE@MÜNCHEN.EXAMPLE'],
    ['composed', 'mike@münchen.example'.normalize('NFC')],
    ['decomposed', 'mike@münchen.example'.normalize('NFD')],
    ['with a fullwidth ＠', 'mike＠münchen.example'],
    ['in fullwidth letters', 'ｍｉｋｅ@münchen.example'],
    ['with the Kelvin sign', 'mi\u212ae@münchen.example'],
    ['with an ideographic full stop', 'mike@münchen。example'],
    ['between spaces', '\u3000 mike@münchen.example \t'],
    ['in Punycode capitals', 'mike@XN--MNCHEN-3YA.example'],
  ])('%s is one account', async (_what, email) => {
    await refusals.expect(stack.api.signUp({ email }), 409, 'email_taken', 'email');
    const logIn = await post('/v1/sessions', { email, password: signUpBody().password });
    expect(logIn).toMatchObject({ status: 201, body: { user: { email: STORED } } });
  });
});

describe('what only looks like an address of somebody', () => {
  it.each([
    ['with a dotless ı', 'm\u0131ke@münchen.example'],
    ['with a dotted capital İ', 'M\u0130KE@münchen.example'],
    ['with a Cyrillic е', 'mik\u0435@münchen.example'],
    ['with a zero-width joiner', 'mi\u200dke@münchen.example'],
    ['with a zero-width space', 'mi\u200bke@münchen.example'],
    ['with a soft hyphen', 'mi\u00adke@münchen.example'],
    ['with a mark that turns text around', '\u202emike@münchen.example'],
    ['in quotes, with another one in it', '"a@evil x"@ok.test'],
    ['with a name and a recipient in it', 'Mike <eve@evil.example>'],
    ['with two recipients', 'mike@münchen.example, eve@evil.example'],
    ['with a header', 'mike@münchen.example\r\nBcc: eve@evil.example'],
    ['with a NUL', 'mike@münchen.example\0.evil.example'],
    ['with a route', '@evil.example:mike@münchen.example'],
    ['with a percent route', 'mike%evil.example@'],
    ['with comments a hundred deep', `${'('.repeat(100)}x${')'.repeat(100)}mike@münchen.example`],
    [
      'of 300 characters',
      `${'m'.repeat(60)}@${'x'.repeat(59)}.${'y'.repeat(59)}.${'z'.repeat(59)}.${'w'.repeat(57)}.x`,
    ],
  ])('%s is none, and gets no mail', async (_what, email) => {
    await refusals.expect(stack.api.signUp({ email }), 422, 'validation_failed', 'email');
    await refusals.expect(
      post('/v1/password-resets', { email }),
      422,
      'validation_failed',
      'email',
    );
    const resend = post('/v1/email-verifications/resend', { email });
    await refusals.expect(resend, 422, 'validation_failed', 'email');
    const logIn = post('/v1/sessions', { email, password: signUpBody().password });
    await refusals.expect(logIn, 401, 'invalid_credentials');
  });
});
