import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { signUpBody } from '../support/api-client.js';
import { Refusals } from '../support/refusals.js';
import { prepareStack, type Stack } from '../support/stack.js';

let stack: Stack;
let refusals: Refusals;

beforeAll(async () => {
  stack = await prepareStack({ RABBITMQ_URL: 'amqp://127.0.0.1:1' });
  await stack.start('api');
  refusals = new Refusals(stack.database);
});

afterAll(() => stack.stop());

const signUp = (
  headers: Record<string, string>,
  body: string | Buffer = JSON.stringify(signUpBody()),
) => stack.api.request('POST', '/v1/signups', { body, headers });

const DISPLAY_NAME = '李明 é';
const json = () => Buffer.from(JSON.stringify(signUpBody({ displayName: DISPLAY_NAME })));
const isTaken = (answer: ReturnType<typeof signUp>) =>
  expect(answer).resolves.toMatchObject({
    status: 201,
    body: { user: { displayName: DISPLAY_NAME } },
  });

describe('a body is taken', () => {
  it.each([
    'application/json; charset=utf8',
    'application/json; charset=UTF-8',
    'application/json;charset="Utf8"',
    'application/json;',
  ])('of the type %s', async (type) => {
    await isTaken(signUp({ 'content-type': type }, json()));
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('in the coding %s', async (coding, compress) => {
    await isTaken(signUp({ 'content-encoding': coding }, compress(json())));
  });

  it('with a byte order mark, which stands for nothing', async () => {
    await isTaken(signUp({}, Buffer.concat([Buffer.from('\ufeff'), json()])));
  });
});

describe('a body is refused, with what it is and what it should be, when it', () => {
  it.each([
    [
      { 'content-type': 'application/json; charset=latin1' },
      'The charset "latin1" is not accepted',
    ],
    [
      { 'content-type': 'application/json; charset=utf-16' },
      'The charset "utf-16" is not accepted',
    ],
    [{ 'content-type': 'application/vnd.api+json' }, '"application/vnd.api+json" is not accepted'],
    [{ 'content-encoding': 'zstd' }, 'The content-encoding "zstd" is not accepted'],
  ])('has %j', async (headers, detail) => {
    await refusals.expect(signUp(headers), 415, 'unsupported_media_type');
    const { body, headers: answered } = await signUp(headers);
    expect(body.detail).toContain(detail);
    expect(answered.has('accept-encoding')).toBe('content-encoding' in headers);
  });

  it('has no type', async () => {
    // Bytes: to a text, fetch gives a type.
    const response = await fetch(`${stack.url}/v1/signups`, { method: 'POST', body: json() });
    expect(response.status).toBe(415);
    await expect(response.json()).resolves.toMatchObject({
      code: 'unsupported_media_type',
      detail: 'The body has no content-type; set application/json.',
    });
  });

  it('is not compressed as it says', async () => {
    await refusals.expect(signUp({ 'content-encoding': 'gzip' }), 400, 'bad_request');
  });

  it('is too long once it is unpacked', async () => {
    const body = gzipSync(JSON.stringify(signUpBody({ displayName: 'x'.repeat(1_000_000) })));
    expect(body.length).toBeLessThan(2_000);
    await refusals.expect(signUp({ 'content-encoding': 'gzip' }, body), 413, 'payload_too_large');
  });
});
