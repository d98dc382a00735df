import type { Request, Response } from 'express';
import { jsonOnly } from './json-only.middleware.js';
import type { Problem } from './problem.js';

/** What the middleware does with a request: what it hands on, what the parser sees, what the answer will say. */
function outcome(headers: Record<string, string>) {
  const request = { headers: { ...headers } } as unknown as Request;
  const calls: unknown[] = [];
  const answered: Record<string, unknown> = {};
  const response = {
    setHeader: (name: string, value: unknown) => void (answered[name] = value),
  } as unknown as Response;
  jsonOnly(request, response, (error?: unknown) => void calls.push(error));
  expect(calls).toHaveLength(1);
  return { problem: calls[0] as Problem | undefined, headers: request.headers, answered };
}

const withBody = (headers: Record<string, string>) =>
  outcome({ 'content-length': '12', ...headers });

describe('a request with a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=utf8',
    'application/json;charset="UTF-8"',
    'application/json; charset=UTF8; profile=x',
    'application/json;',
    'application/json; charset=',
    'Application/JSON',
  ])('may be of type %s, whatever the parser makes of its parameters', (type) => {
    const { problem, headers } = withBody({ 'content-type': type });
    expect(problem).toBeUndefined();
    expect(headers['content-type']).toBe('application/json');
  });

  it.each([
    // The three that another site's form can send without asking.
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain; application/json',
    'application/xml',
    'text/json',
    'application/problem+json',
    'application/vnd.api+json',
    'application/json, application/json',
    'application/jsonp',
    'json',
    '',
  ])('may not be of type %j; the answer says so', (type) => {
    const { problem, answered } = withBody({ 'content-type': type });
    expect(problem).toMatchObject({
      code: 'unsupported_media_type',
      status: 415,
      message: `${JSON.stringify(type)} is not accepted; send application/json.`,
    });
    expect(answered).toEqual({});
  });

  it.each(['latin1', 'utf-16', 'utf-8859', 'us-ascii', "'utf-8'"])(
    'may not be in the charset %s; the answer says so',
    (charset) => {
      const type = `application/json; charset=${charset}`;
      expect(withBody({ 'content-type': type }).problem).toMatchObject({
        code: 'unsupported_media_type',
        message: `The charset "${charset}" is not accepted; send JSON in UTF-8.`,
      });
    },
  );

  it('may not be without a type', () => {
    expect(withBody({}).problem).toMatchObject({
      code: 'unsupported_media_type',
      message: 'The body has no content-type; set application/json.',
    });
  });

  it('may not hide its type by telling no length', () => {
    const headers = { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' };
    expect(outcome(headers).problem).toMatchObject({ code: 'unsupported_media_type' });
  });

  it.each(['identity', 'gzip', 'GZIP', 'deflate', 'br'])('may be in the coding %s', (coding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': coding };
    expect(withBody(headers).problem).toBeUndefined();
  });

  it.each(['zstd', 'compress', 'gzip, gzip'])(
    'may not be in the coding %s; the answer lists those that are accepted',
    (coding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding };
      const { problem, answered } = withBody(headers);
      expect(problem).toMatchObject({ code: 'unsupported_media_type' });
      expect(problem!.message).toContain(`The content-encoding "${coding}" is not accepted`);
      expect(answered).toEqual({ 'accept-encoding': 'gzip, deflate, br' });
    },
  );

  it('gets back no more of its header than fits a line', () => {
    const { message } = withBody({ 'content-type': 'x'.repeat(10_000) }).problem!;
    expect(message.length).toBeLessThan(200);
  });
});

describe('a request without a body', () => {
  it.each<[Record<string, string>]>([
    [{}],
    [{ 'content-length': '0' }],
    [{ 'content-length': '0', 'content-type': 'text/plain', 'content-encoding': 'zstd' }],
  ])('may have the headers %j', (headers) => {
    expect(outcome(headers).problem).toBeUndefined();
  });
});
